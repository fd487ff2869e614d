# shellcheck shell=bash disable=SC2154
# The system's packages: those of packages.txt, on Debian and Ubuntu. Sourced by bin/setup after lib.sh.

installPackages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    say "no Debian or Ubuntu: local machines are not available here, and bin/test needs the programs of toolchain/packages.txt"
    return
  fi
  missing=$(missingPackages)
  if [ -z "$missing" ]; then
    return
  fi
  if [ "$(id -u)" != 0 ]; then
    say "some packages are missing; local machines and some tests need them. Install them with"
    printf '         %s\n' "sudo apt-get install --no-install-recommends $missing" >&2
    return
  fi
  aptInstall "$missing"
}

# missingPackages: the names of packages that are not installed, on one line. A package that another provides counts as
# installed.
missingPackages() {
  local installed name
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' | sed 's/([^)]*)//g; s/,/\n/g' | tr -d ' ')
  packageColumn 1 | while IFS= read -r name; do
    grep -qxF -- "$name" <<<"$installed" || printf '%s ' "$name"
  done
}

# packageColumn NUMBER: that column of packages.txt, one entry a line.
packageColumn() {
  sed '/^#/d' "$toolchain/packages.txt" | cut -d '|' -f "$1" | tr -d ' '
}

# aptInstall PACKAGES: installs them and starts nothing. It waits for another apt to end.
aptInstall() (
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f -- "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 0755 "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  patient=(-q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  read -ra names <<<"$1"
  say "installing ${names[*]}"
  if ! { apt-get "${patient[@]}" update && apt-get "${patient[@]}" install -y --no-install-recommends "${names[@]}"; } >"$cache/apt.log" 2>&1; then
    tail -n 20 -- "$cache/apt.log" >&2
    fail "packages: apt-get failed (above; all of it in $cache/apt.log)" "mend the package sources, or install by hand: apt-get install ${names[*]}"
  fi
  leaveUnitsOff "${names[@]}"
)

# leaveUnitsOff PACKAGE...: keeps the services of packages that we installed from starting with the computer.
leaveUnitsOff() {
  local name unit
  while IFS='|' read -r name unit; do
    case " $* " in *" $name "*) ;; *) continue ;; esac
    [ "$unit" = - ] || deb-systemd-helper disable "$unit" >/dev/null 2>&1 || true
  done <<<"$(paste -d '|' <(packageColumn 1) <(packageColumn 2))"
}
