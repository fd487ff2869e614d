import { compareRecord, type Untrue } from "../../../lib/rollout/operations";
import type { Hosts } from "./hosts";
import type { HostReport } from "./survey";
import { isLocked } from "../state/staleLock";
import { taint } from "../state/stackState";
import { stepName } from "../../../lib/stack/resourceNames";
import type { Environment } from "../base/engine";

/** Hosts that have something else than the engine's state says they were given. */
export function findUntrue(hosts: Hosts, reports: readonly HostReport[]): (Untrue & { host: string })[] {
  return reports.flatMap(({ host, status }) => {
    const untrue = compareRecord(hosts.activatedOn(host), status);
    return untrue === undefined ? [] : [{ host, ...untrue }];
  });
}

/**
 * Marks what has to run again, so that the next preview is right and the next update puts it right. While somebody's lock is on the
 * state, a dead command's too, that is left to the next bin/up, which compares again.
 */
export function markUntrue(
  hosts: Hosts,
  untrue: readonly Pick<Untrue & { host: string }, "host" | "steps">[],
  stack: string,
  environment: Environment,
): void {
  const names = untrue.flatMap(({ host, steps }) => steps.map((step) => stepName(host, step)));
  const urns = hosts.urnsOf(names);
  if (urns.length > 0 && isLocked(stack, environment))
    process.stderr.write(`portico: the state of ${stack} is locked; the next bin/up ${stack} puts it right\n`);
  else taint(urns, stack, environment);
}
