import type { Settings } from "../settings/schema";

export type ProcessSettings = Settings["app"]["processes"][string];

/** The application hosts that run a process, of those that take part in an update, in their order. */
function hostsOf({ hosts }: ProcessSettings, names: readonly string[]): readonly string[] {
  if (hosts === "all") return names;
  return names.slice(0, hosts === "first" ? 1 : hosts);
}

/** The processes that one of the application hosts `names` runs. */
export function processesOn({ processes }: Settings["app"], names: readonly string[], host: string): string[] {
  return Object.keys(processes)
    .sort()
    .filter((name) => hostsOf(processes[name]!, names).includes(host));
}

/** The schedules that one of the application hosts `names` has. */
export function schedulesOn({ schedules }: Settings["app"], names: readonly string[], host: string): string[] {
  return host === names[0] ? Object.keys(schedules).sort() : [];
}

/** Whether it runs once in the whole fleet: two of it, even for a moment, are one too many. */
export function runsAlone({ hosts, instances }: ProcessSettings): boolean {
  return (hosts === "first" || hosts === 1) && instances === 1;
}

/** Memory that processes and schedules may take of a host while two releases are on it, in MiB. */
export function processMegabytes({ processes, schedules }: Settings["app"]): number {
  const started = Object.values(processes).map(
    (process) => (runsAlone(process) ? 1 : 2) * process.instances * process.memoryMegabytes,
  );
  return [...started, ...Object.values(schedules).map(({ memoryMegabytes }) => memoryMegabytes)].reduce(
    (sum, megabytes) => sum + megabytes,
    0,
  );
}

/** How long processes may hold up the switch of a host: those that run alone end first, the others once the new ones stay. */
export function processSeconds({ processes }: Settings["app"], names: readonly string[]): number {
  const chosen = names.map((name) => processes[name]!);
  return [true, false]
    .map((alone) => chosen.filter((process) => runsAlone(process) === alone))
    .map((group) => longest(group, "stopSeconds") + longest(group, "steadySeconds"))
    .reduce((sum, seconds) => sum + seconds, 0);
}

function longest(group: readonly ProcessSettings[], key: "stopSeconds" | "steadySeconds"): number {
  return Math.max(0, ...group.map((process) => process[key]));
}
