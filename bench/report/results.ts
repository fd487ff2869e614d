/** One run of one figure. */
export interface Sample {
  value: number;
  /** Why the run does not count as a quiet one; absent where it does. */
  noisy?: string;
}

/** What a figure is measured against, and what it should reach. */
export interface Goal {
  /** Absent where the goal is a number of its own. */
  peer?: string;
  /** Ratio to the peer: at least where more is better, at most where less is. */
  ratio?: number;
  /** In place of a ratio: how much more than the peer it may be, in the figure's unit. */
  plus?: number;
  /** The most that it may be, in the figure's unit. */
  most?: number;
}

/** One thing that was measured, for each peer once a round. */
export interface Figure {
  /** Stable name, as `throughput h1 /healthz`. */
  id: string;
  measure: Measure;
  /** Kind and case, as `throughput, /healthz HTTP/1.1`. */
  title: string;
  unit: string;
  better: "more" | "less";
  /** The peer that the others are compared with where no goal names one; stock by default. */
  reference?: string;
  goals: Goal[];
  /** By peer, in the order of the rounds. */
  series: Record<string, Sample[]>;
}

export const measures = [
  "throughput",
  "cpu",
  "latency",
  "release",
  "nochange",
  "memory",
  "bytes",
  "streams",
  "workers",
  "setup",
] as const;
export type Measure = (typeof measures)[number];

export interface Computer {
  processor: string;
  processors: number;
  kernel: string;
  memoryGigabytes: number;
}

export interface Results {
  started: string;
  /** Words of the command that gives these figures again. */
  command: string;
  computer: Computer;
  /** Load average of one minute before the first machine was booted. */
  loadBefore: number;
  /** By name of the peer: what it is. */
  peers: Record<string, string>;
  figures: Figure[];
}
