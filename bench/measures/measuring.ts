import { setTimeout as pause } from "node:timers/promises";
import { processorTicks, type ProcessorTicks } from "../base/computer";
import { timeByGroup, timeOfEndedChildren } from "../base/processes";
import type { Peer } from "../peers/peer";

/** Beyond this share of all processors, what others do before or during a run makes it a noisy one. */
const noisyShare = 0.1;
const watchMilliseconds = 300;

/** Processor time in ticks that parts of a peer have used since their start. */
export interface PeerTime {
  balancer: number;
  hostNginx: number;
  application: number;
  /** Everything else on its machines: systemd, sshd, the host program. */
  other: number;
}

export function timeOf(peer: Peer): PeerTime {
  const sums: PeerTime = { balancer: 0, hostNginx: 0, application: 0, other: 0 };
  for (const { role, init } of peer.machines()) {
    const { nginx, application, other } = timeByGroup(init);
    sums[role === "balancer" ? "balancer" : "hostNginx"] += nginx;
    sums.application += application;
    sums.other += other;
  }
  return sums;
}

const parts = ["balancer", "hostNginx", "application", "other"] as const;

export interface Observed<T> {
  value: T;
  /** Ticks of each part, and of the kernel outside of any process that we know. */
  time: PeerTime & { rest: number };
  noisy?: string;
}

/** Runs a load on a peer and says what the computer did meanwhile. */
export async function observed<T>(peer: Peer, load: () => Promise<T>): Promise<Observed<T>> {
  const before = await idleShare();
  const [ticks, children, time] = [processorTicks(), timeOfEndedChildren(), timeOf(peer)];
  const value = await load();
  const [ticksAfter, timeAfter] = [processorTicks(), timeOf(peer)];
  const used = Object.fromEntries(parts.map((part) => [part, timeAfter[part] - time[part]])) as unknown as PeerTime;
  const ours = parts.reduce((sum, part) => sum + used[part], 0) + timeOfEndedChildren() - children;
  const rest = Math.max(0, ticksAfter.busy - ticks.busy - ours);
  return { value, time: { ...used, rest }, noisy: noiseOf(before, ticks, ticksAfter, rest) };
}

/** Share of the processors that is used while the bench itself does nothing. */
async function idleShare(): Promise<number> {
  const before = processorTicks();
  await pause(watchMilliseconds);
  const after = processorTicks();
  return (after.busy - before.busy) / Math.max(1, after.total - before.total);
}

/** Why a run that begins now would be a noisy one; undefined where it is quiet. */
export async function noiseBefore(): Promise<string | undefined> {
  const share = await idleShare();
  return share > noisyShare ? `others used ${percent(share)} before the run` : undefined;
}

const percent = (share: number) => `${Math.round(100 * share)} % of the processors`;

/** Why a run is a noisy one; undefined where it is quiet. */
export function noiseOf(
  shareBefore: number,
  { total, stolen }: ProcessorTicks,
  after: ProcessorTicks,
  rest: number,
): string | undefined {
  const span = Math.max(1, after.total - total);
  const [restShare, stolenShare] = [rest / span, (after.stolen - stolen) / span];
  if (shareBefore > noisyShare) return `others used ${percent(shareBefore)} before the run`;
  if (restShare > noisyShare + kernelShare) return `others used ${percent(restShare)} during the run`;
  if (stolenShare > noisyShare / 5) return `the host of this computer took ${percent(stolenShare)}`;
  return undefined;
}

/** What a quiet run's own packets cost in the kernel outside of any process: up to this share was seen. */
const kernelShare = 0.1;
