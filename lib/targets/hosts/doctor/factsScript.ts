import { contract } from "../../../base/contract";
import { shellLine } from "../../../base/shellWords";

const { nginxUnit, distributionNginx } = contract.names;

/** Units of other web servers that take the ports of ours, or would at the next boot. */
const foreignUnits = [
  distributionNginx,
  "apache2.service",
  "lighttpd.service",
  "caddy.service",
  "haproxy.service",
  "traefik.service",
];

/** How long sources of packages may take to answer, in seconds. */
const updateSeconds = 90;

/** Said last: an answer without it was cut off. */
export const lastWord = "complete=yes";

/**
 * A shell script that reads the state of a host and changes nothing there: it prints `key=value` lines. Whether missing
 * packages can be had is tried with package lists in a temporary folder, as those of the host may be old or none.
 */
export function factsScript(packages: readonly string[], ports: readonly number[]): string {
  return [
    `{ export LC_ALL=C; ${say}`,
    system,
    ...others(ports),
    firewalls,
    ...packagesToGet(packages),
    `echo ${lastWord}`,
    "exit; } </dev/null",
    "",
  ].join("\n");
}

const say = 'say() { printf \'%s=%s\\n\' "$1" "$2"; }';

/** The smallest of several limits counts: a container may have less memory than its computer, and folders their own disks. */
const system = String.raw`
say platform "$(. /etc/os-release 2>/dev/null; echo "$ID-$VERSION_ID")"
say architecture "$(uname -m)"
say systemd "$([ ! -d /run/systemd/system ] || systemctl --version | awk 'NR == 1 { print $2 }')"
say python "$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)"
say clock "$(date +%s)"
systemd-detect-virt --quiet --container 2>/dev/null || say synchronised "$(timedatectl show --property=NTPSynchronized --value 2>/dev/null)"
say memory "$({
  awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo
  grep -v max /sys/fs/cgroup/memory.max 2>/dev/null | awk '{ print int($1 / 1048576) }'
} | sort -n | head -n 1)"
say disk "$(df -Pm /etc /opt /var 2>/dev/null | awk 'NR > 1 { print $4 }' | sort -n | head -n 1)"
[ ! -d ${contract.paths.configuration} ] || say portico yes
sudo=""
if timeout 10 sudo -n true 2>/dev/null; then sudo="sudo -n"; say sudo yes; fi`;

/** What runs already. Without the right to see whose a socket is, our own Nginx is taken for the one. */
function others(ports: readonly number[]): string[] {
  const filter = ports.map((port) => `sport = :${port}`).join(" or ");
  return [
    `for unit in ${shellLine(foreignUnits)}; do`,
    '  if systemctl is-active --quiet "$unit" 2>/dev/null || systemctl is-enabled --quiet "$unit" 2>/dev/null; then say foreign "$unit"; fi',
    "done",
    `$sudo ss -Hltnp '${filter}' 2>/dev/null | while read -r _ _ _ at _ users; do`,
    String.raw`  pid=$(echo "$users" | sed -n 's/.*[^a-z]pid=\([0-9]*\).*/\1/p')`,
    String.raw`  program=$(echo "$users" | sed -n 's/[^"]*"\([^"]*\)".*/\1/p')`,
    '  unit=""',
    `  if [ -n "$pid" ]; then unit=$(sed -n 's|.*/||p' "/proc/$pid/cgroup" 2>/dev/null | tail -n 1)`,
    `  elif systemctl is-active --quiet ${nginxUnit}; then unit=${nginxUnit}; fi`,
    '  say port "${at##*:} ${program:-unknown} $unit"',
    "done",
  ];
}

/**
 * Packet filters of others that drop or reject something. The unit of ufw is active on every Ubuntu, whether its rules are or not;
 * what ufw and firewalld load is not told once more as tables.
 */
const firewalls = String.raw`
if grep -qi '^ENABLED=yes' /etc/ufw/ufw.conf 2>/dev/null; then say firewall ufw
elif systemctl is-active --quiet firewalld.service 2>/dev/null; then say firewall firewalld
elif [ -x /usr/sbin/nft ]; then
  $sudo /usr/sbin/nft list ruleset 2>/dev/null | awk '
    /^table / { table = $2 " " $3 }
    /hook input/ { hooked[table] = 1 }
    /drop|reject/ { refuses[table] = 1 }
    END { for (each in hooked) if (refuses[each] && each != "inet portico") print each }' |
    while read -r table; do say firewall "nftables $table"; done
elif $sudo /usr/sbin/iptables -S INPUT 2>/dev/null | grep -Eq -- 'DROP|REJECT'; then say firewall iptables
fi`;

function packagesToGet(packages: readonly string[]): string[] {
  return [
    'missing=""',
    `for package in ${shellLine(packages)}; do`,
    '  [ "$(dpkg-query --show --showformat=\'${db:Status-Status}\' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"',
    "done",
    'if [ -n "$missing" ]; then',
    "  lists=$(mktemp -d) && trap 'rm -rf \"$lists\"' EXIT",
    '  mkdir -p "$lists/state/partial" "$lists/cache/archives/partial"',
    '  apt="apt-get -qq -o Debug::NoLocking=1 -o Dir::State::Lists=$lists/state -o Dir::Cache=$lists/cache -o Acquire::Retries=1 -o Acquire::http::Timeout=15"',
    `  sources=$(timeout ${updateSeconds} $apt update 2>&1)`,
    "  for package in $missing; do",
    '    why=$($apt --simulate --no-install-recommends install "$package" 2>&1 >/dev/null) && continue',
    String.raw`    say unavailable "$package $(printf '%s\n' "$sources" "$why" | grep -E '^(E:|W: Failed)' | head -n 1)"`,
    "  done",
    "fi",
  ];
}
