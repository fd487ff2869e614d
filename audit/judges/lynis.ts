import { debianJudges } from "../tools/install";
import { without, type Exception, type Verdict } from "./judge";

const leastIndex = 75;
export const lynisBar = `no warning without a reason, index at least ${leastIndex} of what a container can have`;

const exceptions: readonly Exception[] = [];

/** Points that no container can have, by test and, of the kernel's settings, by key. All others count, with the image's and the owner's. */
const beyondContainers: readonly Exception[] = [
  { fault: /^KRNL-6000 (dev|fs|kernel)\./, why: "settings of the whole kernel are those of the machine's computer" },
  {
    fault: /^(USB-1000|USB-3000|STRG-1846)$/,
    why: "no such device comes to a container, and drivers are its computer's",
  },
  { fault: /^ACCT-/, why: "neither process accounting nor auditd runs in a container" },
  { fault: /^MACF-/, why: "a container has no AppArmor of its own" },
];

/** Words that print lynis as an archive, which `lynisScript` unpacks. */
export const lynisArchive = () => [
  "tar",
  "-C",
  debianJudges(),
  "--transform=s,^usr/sbin/,,",
  "--transform=s,^usr/share/lynis/,,",
  "--transform=s,^etc/lynis/,,",
  "-cf",
  "-",
  "usr/sbin/lynis",
  "usr/share/lynis",
  "etc/lynis/default.prf",
];

/**
 * Judges the machine that it runs on, from a folder in memory; its report comes on standard output, then how it came to its points. It looks for
 * Nginx's files where the distribution has them, so those that Nginx runs with are shown to it there.
 */
export const lynisScript = `
mkdir -m 0700 /run/lynis
trap 'rm -rf /run/lynis /run/lynis.pid' EXIT
cd /run/lynis
mkdir plugins
tar --no-same-owner -xf -
audit="./lynis audit system --quick --quiet --no-colors --logfile /run/lynis/log --report-file /run/lynis/report"
unshare --mount --propagation private sh -euc "mount --bind /etc/portico/nginx /etc/nginx; $audit" >/run/lynis/said 2>&1 || true
[ -e /run/lynis/report ] || cat /run/lynis/said >&2
cat /run/lynis/report
grep -E 'Performing test ID|sysctl key|Hardening: assigned' /run/lynis/log`;

export function readLynis(output: string): Verdict {
  const values = (key: string) =>
    output
      .split("\n")
      .filter((line) => line.startsWith(`${key}=`))
      .map((line) => line.slice(key.length + 1));
  const index = Number(values("hardening_index")[0]);
  const possible = indexOf(
    readPoints(output).filter(({ of }) => !beyondContainers.some(({ fault }) => fault.test(of))),
  );
  const warnings = without(exceptions, values("warning[]"));
  const low = possible >= leastIndex ? [] : [`index ${possible}`, ...values("suggestion[]")];
  return {
    figure: `${warnings.length} warnings, index ${index}, ${possible} of what a container can have`,
    faults: [...warnings, ...low],
  };
}

interface Points {
  /** A test, and the setting of the kernel that it looked at last. */
  of: string;
  got: number;
  most: number;
}

function readPoints(log: string): Points[] {
  const points: Points[] = [];
  let of = "";
  for (const line of log.split("\n")) {
    const [, test] = /Performing test ID (\S+)/.exec(line) ?? [];
    const [, key] = /sysctl key (\S+)/.exec(line) ?? [];
    const [, got, most = got] = /Hardening: assigned .*points.* \((\d+)(?: of (\d+))?\)\. /.exec(line) ?? [];
    if (test !== undefined) of = test;
    if (key !== undefined) of = `${of.split(" ")[0]} ${key}`;
    if (got !== undefined) points.push({ of, got: Number(got), most: Number(most) });
  }
  return points;
}

/** As lynis counts it, whole percents. */
function indexOf(points: readonly Points[]): number {
  const sum = (key: "got" | "most") => points.reduce((total, each) => total + each[key], 0);
  return Math.floor((100 * sum("got")) / sum("most"));
}
