import { readFileSync } from "node:fs";
import os from "node:os";
import type { Computer } from "../report/results";

/** The computer that all figures are of. */
export function describeComputer(): Computer {
  return {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    processors: os.cpus().length,
    kernel: os.release(),
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
  };
}

export interface ProcessorTicks {
  /** All but idle, waiting and stolen. */
  busy: number;
  stolen: number;
  total: number;
}

/** Ticks of 10 ms that all processors together have spent since the start of the computer. */
export function processorTicks(stat = readFileSync("/proc/stat", "utf8")): ProcessorTicks {
  const fields = stat.split("\n")[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  const [user, nice, system, idle, waiting, interrupt, softInterrupt, stolen] = fields as [
    ...[number, number, number, number, number, number, number, number],
  ];
  const busy = user + nice + system + interrupt + softInterrupt;
  return { busy, stolen, total: busy + idle + waiting + stolen };
}
