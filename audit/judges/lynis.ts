import { debianJudges } from "../tools/install";
import { without, type Exception, type Verdict } from "./judge";

const leastIndex = 75;
export const lynisBar = `no warning without a reason, index at least ${leastIndex}`;

const exceptions: readonly Exception[] = [];

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

/** Judges the machine that it runs on, from a folder in memory; its report comes on standard output. */
export const lynisScript = `
mkdir -m 0700 /run/lynis
trap 'rm -rf /run/lynis /run/lynis.pid' EXIT
cd /run/lynis
mkdir plugins
tar --no-same-owner -xf -
./lynis audit system --quick --quiet --no-colors --logfile /dev/null --report-file /run/lynis/report >/run/lynis/said 2>&1 || true
[ -e /run/lynis/report ] || cat /run/lynis/said >&2
cat /run/lynis/report`;

export function readLynis(report: string): Verdict {
  const values = (key: string) =>
    report
      .split("\n")
      .filter((line) => line.startsWith(`${key}=`))
      .map((line) => line.slice(key.length + 1));
  const index = Number(values("hardening_index")[0]);
  const warnings = without(exceptions, values("warning[]"));
  const low = index >= leastIndex ? [] : [`index ${index}`, ...values("suggestion[]")];
  return { figure: `${warnings.length} warnings, index ${index}`, faults: [...warnings, ...low] };
}
