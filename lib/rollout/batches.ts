import { contract } from "../base/contract";
import { inServiceSeconds } from "../targets/aws/balancer/health";
import type { RoleContents } from "../hosts/contents";
import type { Settings } from "../settings";

/** Seconds that a host needs for its switch beyond starting, answering and draining. */
const switchMargin = 30;
/** Seconds for staging differences, the balancer and the confirmations after the last batch. */
const fleetMargin = 60;
const longestLease = contract.limits.leaseSeconds;

/** How many of `hosts` hosts switch at once: a number, or a share of the fleet, rounded up, since a host that switches serves on. */
function batchSize(batch: Settings["rollout"]["batch"], hosts: number): number {
  return typeof batch === "number" ? batch : Math.ceil((hosts * Number.parseInt(batch, 10)) / 100);
}

/** The hosts in their order, in groups that switch together: the first alone, so that what only serving shows of a release reaches one host. */
export function planBatches<Host>(hosts: readonly Host[], batch: Settings["rollout"]["batch"]): Host[][] {
  const size = batchSize(batch, hosts.length);
  const [first, others] = [hosts.slice(0, 1), hosts.slice(1)];
  const batches = Array.from({ length: Math.ceil(others.length / size) }, (_, index) =>
    others.slice(index * size, (index + 1) * size),
  );
  return [first, ...batches].filter(({ length }) => length > 0);
}

/**
 * How long a switched host waits for the confirmation of the fleet before it goes back by itself: as long as all
 * batches may take, each with a slot that starts and answers as slowly as the settings allow and drains for as long as
 * any host may, and on target aws with a balancer that takes its time to find the host healthy.
 */
export function leaseSeconds(
  { target, app }: Settings,
  contents: readonly Pick<RoleContents, "drainSeconds">[],
  batches: number,
): number {
  const checked = target === "aws" ? inServiceSeconds : 0;
  const drained = Math.max(...contents.map(({ drainSeconds }) => drainSeconds));
  const batch = app.startSeconds + app.readySeconds + drained + checked + switchMargin;
  return Math.min(longestLease, batches * batch + fleetMargin);
}
