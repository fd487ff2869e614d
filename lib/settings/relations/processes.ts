import { callSeconds } from "../../hosts/commands";
import { processSeconds } from "../../hosts/processes";
import type { Fault } from "../faults";
import type { Settings } from "../schema";

/** Beside the times that settings say. */
const marginSeconds = 30;

/** Faults of processes with what a host has, and with how long its switch may take. */
export function processFaults({ app, balancer }: Settings): Fault[] {
  const slow = app.startSeconds + app.readySeconds + balancer.drainSeconds + marginSeconds;
  const own = processSeconds(app, Object.keys(app.processes));
  if (own === 0 || slow + own <= callSeconds) return [];
  return [
    {
      key: "app.processes",
      value: own,
      allowed: `at most ${callSeconds - slow} s for the longest stopSeconds and steadySeconds, once of those that run alone and once of the others, so that a host switches within ${callSeconds} s`,
      remedy: "lower stopSeconds, app.startSeconds or balancer.drainSeconds; what takes longer is to be cut into jobs",
    },
  ];
}
