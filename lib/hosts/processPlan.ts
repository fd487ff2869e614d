import type { Settings } from "../settings";
import type { SitePlan } from "./plan";
import { processesOn, schedulesOn } from "./processes";

/** What a host runs beside its slots, by name. */
export interface Beside {
  processes: readonly string[];
  schedules: readonly string[];
}

/** That of each application host, and what all of them run. */
export interface ProcessPlan {
  byHost: ReadonlyMap<string, Beside>;
  everywhere: Beside;
}

/** What is planned for a host that is left out comes to nobody. */
export function planProcesses({ app }: Settings, { hosts }: SitePlan, leftOut: readonly string[]): ProcessPlan {
  const names = hosts.filter(({ roles }) => roles.includes("web")).map(({ name }) => name);
  const takingPart = names.filter((name) => !leftOut.includes(name));
  const byHost = new Map(
    takingPart.map((host) => [
      host,
      { processes: processesOn(app, takingPart, host), schedules: schedulesOn(app, takingPart, host) },
    ]),
  );
  const common = (kind: keyof Beside) =>
    Object.keys(app[kind]).filter((name) => [...byHost.values()].every((own) => own[kind].includes(name)));
  return { byHost, everywhere: { processes: common("processes"), schedules: common("schedules") } };
}

/** What one host runs beside its slots and not all others do, by name. */
export function specialOf({ byHost, everywhere }: ProcessPlan, host: string): string[] {
  const own = byHost.get(host) ?? everywhere;
  return (["processes", "schedules"] as const).flatMap((kind) =>
    own[kind].filter((each) => !everywhere[kind].includes(each)),
  );
}
