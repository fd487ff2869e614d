import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Ticks in one second, as the kernel counts for /proc (USER_HZ, the same on all architectures of Linux here). */
export const ticksPerSecond = 100;

export interface ProcessTime {
  user: number;
  system: number;
}

/**
 * Ticks from the line of /proc/PID/stat: of the process, and of its children that have ended. A worker that ends between two
 * readings moves what it used to its parent, so the sum over both loses nothing.
 */
export function parseProcessTime(stat: string): ProcessTime {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const at = (field: number) => Number(fields[field - 3]);
  return { user: at(14) + at(16), system: at(15) + at(17) };
}

/** What a process of a machine is part of. */
export function groupOf(commandLine: string): "nginx" | "application" | "other" {
  if (/^nginx: /.test(commandLine)) return "nginx";
  return /gunicorn/.test(commandLine) ? "application" : "other";
}

/** All processes of the namespace that a process is in: those of one machine. */
export function processesOf(init: number): number[] {
  const namespace = readlinkSync(`/proc/${init}/ns/pid`);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => quietly(() => readlinkSync(`/proc/${pid}/ns/pid`)) === namespace);
}

type Sums = Record<ReturnType<typeof groupOf>, number>;

/** Time that each group of processes of a machine has used, in ticks. */
export function timeByGroup(init: number): Sums {
  return sumByGroup(init, "stat", (stat) => {
    const { user, system } = parseProcessTime(stat);
    return user + system;
  });
}

/** Memory of each group in bytes, what is shared divided among those that share it (Pss). */
export function memoryByGroup(init: number): Sums {
  return sumByGroup(init, "smaps_rollup", (rollup) => 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0));
}

function sumByGroup(init: number, file: string, valueOf: (text: string) => number): Sums {
  const sums = { nginx: 0, application: 0, other: 0 };
  for (const pid of processesOf(init)) {
    const text = quietly(() => readFileSync(`/proc/${pid}/${file}`, "utf8"));
    const commandLine = quietly(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    if (text === undefined || commandLine === undefined) continue;
    sums[groupOf(commandLine.replaceAll("\0", " "))] += valueOf(text);
  }
  return sums;
}

/** Ticks of this process's own children that have ended: the load generators. */
export function timeOfEndedChildren(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]!.split(" ");
  return Number(fields[13]) + Number(fields[14]);
}

/** A process may end while it is read. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
