/** What the balancer says of one machine; undefined when the machine is not in its group. */
export type TargetState = { state: string; reason?: string; description?: string } | undefined;

/** States of a machine that gets no more requests of this balancer, nor has any under way. */
const left = ["unused"];

/** Reads as the balancer's own words. */
export function describeState(found: TargetState): string {
  if (found === undefined) return "not registered";
  const why = [found.reason, found.description].filter((word) => word !== undefined && word !== "").join(": ");
  return why === "" ? found.state : `${found.state} (${why})`;
}

export function hasLeft(found: TargetState): boolean {
  return found === undefined || left.includes(found.state);
}

/** What to do about a machine that is not found healthy, by the reason that the balancer gives. */
export function remedyFor(found: TargetState): string {
  if (found === undefined) return "its registration was taken back by somebody else; run the update again";
  const remedy = Object.entries(remedies).find(([reason]) => found.reason?.startsWith(reason));
  return remedy?.[1] ?? "look at Nginx and the application there: bin/history STACK";
}

const remedies: Record<string, string> = {
  "Target.Timeout": "see whether Nginx runs there, and whether the firewall lets the balancer in",
  "Target.FailedHealthChecks": "see whether Nginx runs there, and whether the firewall lets the balancer in",
  "Target.ResponseCodeMismatch": "the application does not answer 200 on app.livePath; look at its log there",
  "Target.NotInUse": "no listener leads to the group; run the update again",
  "Target.InvalidState": "the machine was stopped; start it, or let `bin/up STACK --refresh` make another",
  "Target.IpUnusable": "the machine's address is in use by a balancer; let the update make another machine",
  "Target.DeregistrationInProgress": "it is leaving; wait until it has left, and run the update again",
  Elb: "the balancer itself is not ready; run the update again",
};
