/** How long and how often is measured. */
export interface Plan {
  rounds: number;
  /** Of one run of a load. */
  seconds: number;
  /** Of one run at a constant rate: p99.9 needs a thousand requests and more. */
  latencySeconds: number;
  connections: number;
  /** Fleets that one line is released to. */
  hostCounts: number[];
  releaseRounds: number;
  streamRounds: number;
}

export const fullPlan: Plan = {
  rounds: 5,
  seconds: 3,
  latencySeconds: 10,
  connections: 32,
  hostCounts: [1, 2, 3, 4, 8],
  releaseRounds: 5,
  streamRounds: 3,
};
export const quickPlan: Plan = {
  rounds: 3,
  seconds: 1,
  latencySeconds: 3,
  connections: 32,
  hostCounts: [2],
  releaseRounds: 1,
  streamRounds: 1,
};
