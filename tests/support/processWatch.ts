import { readdirSync, readFileSync } from "node:fs";

const pollMs = 50;

/** Reads the command line and the name of every process of this computer, its machines included, until stopped. */
export function processWatch(secret: string): { stop(): string[] } {
  const seen = new Set<string>();
  const look = () =>
    commandLines()
      .filter((line) => line.includes(secret))
      .forEach((line) => seen.add(line));
  const timer = setInterval(look, pollMs);
  return {
    stop() {
      clearInterval(timer);
      look();
      return [...seen];
    },
  };
}

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(readCommandLine);
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
