import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { endingWithUs, type Environment } from "../base/engine";

/** What the engine said of one resource. */
export interface EngineEvent {
  timestamp: number;
  kind: "begun" | "ended";
  urn: string;
  op: string;
}

/** An entry of the engine's log, as far as it is read. */
interface LogEntry {
  timestamp: number;
  resourcePreEvent?: { metadata: { urn: string; op: string } };
  resOutputsEvent?: { metadata: { urn: string; op: string } };
  resOpFailedEvent?: { metadata: { urn: string; op: string } };
}

const afterwardsMilliseconds = 5000;

/**
 * Runs the engine with its event log and answers what it said of resources; `hear` gets each event as it comes. The log holds secrets in the clear, private
 * keys among them, so it passes through a pipe and never lies on a disk.
 */
export async function withEventLog<T>(
  environment: Environment,
  run: (flags: string[], environment: Environment) => Promise<T>,
  hear: (event: EngineEvent) => void = () => undefined,
): Promise<{ result: T; events: EngineEvent[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), "portico-events-"));
  const pipe = path.join(folder, "pipe");
  try {
    execFileSync("mkfifo", ["-m", "600", pipe]);
    const log = readPipe(pipe, environment, hear);
    try {
      // The flag is one that the engine offers only with its debugging commands.
      const result = await run(["--event-log", pipe], { ...environment, PULUMI_DEBUG_COMMANDS: "true" });
      return { result, events: await log.end() };
    } finally {
      log.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The reader has a process group of its own: an interrupt from the terminal would take the engine's log away from under it. */
function readPipe(
  pipe: string,
  environment: Environment,
  hear: (event: EngineEvent) => void,
): { end(): Promise<EngineEvent[]>; stop(): void } {
  const reader = spawn(...endingWithUs("cat", [pipe], environment), {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const events: EngineEvent[] = [];
  const lines = createInterface({ input: reader.stdout });
  lines.on("line", (line) => {
    const said = resourceEvents(line);
    events.push(...said);
    said.forEach(hear);
  });
  const closed = once(lines, "close");
  const end = async () => {
    // An engine that never opened its log leaves the reader waiting for it.
    const limit = setTimeout(() => reader.kill(), afterwardsMilliseconds);
    await closed;
    clearTimeout(limit);
    return events;
  };
  return { end, stop: () => void reader.kill() };
}

/** A line that was cut off, as by a killed engine, holds no event. */
function resourceEvents(line: string): EngineEvent[] {
  try {
    const { timestamp, resourcePreEvent, resOutputsEvent, resOpFailedEvent } = JSON.parse(line) as LogEntry;
    const said = resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent;
    if (said === undefined) return [];
    const { urn, op } = said.metadata;
    return [{ timestamp, kind: resourcePreEvent === undefined ? "ended" : "begun", urn, op }];
  } catch {
    return [];
  }
}
