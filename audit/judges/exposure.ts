import type { Verdict } from "./judge";

/** Largest exposure by unit, as systemd tells it; any other unit of ours may have 2.0. */
const bars: readonly (readonly [RegExp, "host" | "balancer", number])[] = [
  [/^portico-app@/, "host", 1.1],
  [/^portico-nginx\.service$/, "host", 1.1],
  [/^portico-nginx\.service$/, "balancer", 1.4],
];
const mostOfOthers = 2;

/** Units that are above their bar, each up to a figure of its own. */
const exceptions: readonly { unit: RegExp; most: number; why: string }[] = [
  {
    unit: /^portico-app@/,
    most: 1.2,
    why: "/tmp lies in memory with a set size, where nothing can be run; systemd counts PrivateTmp alone, which has no size",
  },
  {
    unit: /^portico-lease\.service$/,
    most: 2.1,
    why: "it puts files and units of a host back, which root alone can (SECURITY.md); 2.1 is what systemd 252 counts",
  },
];

export const exposureBar = "application 1.1, Nginx 1.1 (balancer 1.4), others 2.0, or a reason";

/** Prints a line for each unit of ours that is loaded or could be, with its exposure. */
export const exposureScript = `
for file in /etc/systemd/system/portico-*.service; do
  unit=\${file##*/}
  case $unit in *@.service) unit=\${unit%.service}blue.service ;; *@*) continue ;; esac
  echo "$unit $(systemd-analyze security --no-pager "$unit" | sed -n 's/.*exposure level for .*: \\([0-9.]*\\) .*/\\1/p')"
done`;

export function readExposure(output: string, role: "host" | "balancer"): Verdict {
  const found = output
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);
  const most = (unit: string) =>
    exceptions.find((exception) => exception.unit.test(unit))?.most ??
    bars.find(([pattern, where]) => pattern.test(unit) && where === role)?.[2] ??
    mostOfOthers;
  // A unit without a figure was not judged.
  const faults = found.filter(([unit, figure]) => !(Number.parseFloat(figure) <= most(unit)));
  return {
    figure: found.map(([unit, figure]) => `${unit.replace(/^portico-|\.service$/g, "")} ${figure}`).join(", "),
    faults: faults.map(([unit, figure]) => `${unit}: ${figure}; at most ${most(unit)}`),
  };
}
