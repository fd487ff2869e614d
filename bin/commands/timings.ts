import { readFileSync } from "node:fs";

/** One part of an update and how long it took, in seconds. */
export interface Timing {
  part: string;
  seconds: number;
}

interface EngineEvent {
  timestamp: number;
  resourcePreEvent?: { metadata: { urn: string; op: string } };
  resOutputsEvent?: { metadata: { urn: string; op: string } };
}

const parts: readonly [part: string, pattern: RegExp][] = [
  ["machines", /command:local:Command::/],
  ["first contact", /-ready$/],
  ["copy", /command:remote:CopyToRemote::/],
  ["stage", /-stage$/],
  ["activate", /-activate$/],
];

/** From the engine's event log: wall time from the first start to the last end of each part that did something. */
export function readTimings(eventLog: string): Timing[] {
  const events = readFileSync(eventLog, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line) as EngineEvent);
  return parts.flatMap(([part, pattern]) => {
    const times = events.filter((event) => changes(event, pattern)).map((event) => event.timestamp);
    return times.length === 0 ? [] : [{ part, seconds: Math.max(...times) - Math.min(...times) }];
  });
}

function changes(event: EngineEvent, pattern: RegExp): boolean {
  const metadata = (event.resourcePreEvent ?? event.resOutputsEvent)?.metadata;
  return metadata !== undefined && metadata.op !== "same" && pattern.test(metadata.urn);
}
