import { paths } from "../peers/application";

type Kind = keyof typeof paths;

/** What is measured, how long and how often. */
export interface Plan {
  rounds: number;
  latencyRounds: number;
  releaseRounds: number;
  streamRounds: number;
  /** Of one run of a load. */
  seconds: number;
  /** Of one run at a constant rate: p99.9 needs a thousand requests and more. */
  latencySeconds: number;
  connections: number;
  /** Paths that are measured over HTTP/2 too; over HTTP/1.1 all are. */
  http2: Kind[];
  /** Paths whose latency is measured. */
  latency: Kind[];
  /** Fleets that one line is released to. */
  hostCounts: number[];
}

const every = Object.keys(paths) as Kind[];

export const fullPlan: Plan = {
  rounds: 5,
  latencyRounds: 5,
  releaseRounds: 5,
  streamRounds: 3,
  seconds: 3,
  latencySeconds: 10,
  connections: 32,
  http2: every,
  latency: every,
  hostCounts: [1, 2, 3, 4, 8],
};

/** Three minutes where machines and caches are warm and nothing else runs. */
export const quickPlan: Plan = {
  ...fullPlan,
  rounds: 3,
  latencyRounds: 2,
  releaseRounds: 1,
  streamRounds: 1,
  seconds: 1,
  latencySeconds: 2,
  http2: ["page"],
  latency: ["health"],
  hostCounts: [2],
};
