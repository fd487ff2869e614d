import { readFileSync } from "node:fs";

/** One part of an update and how long it took, in seconds. */
export interface Timing {
  part: string;
  seconds: number;
}

/** One entry of the engine's event log. */
export interface EngineEvent {
  timestamp: number;
  resourcePreEvent?: { metadata: { urn: string; op: string } };
  resOutputsEvent?: { metadata: { urn: string; op: string } };
}

const parts: readonly [part: string, pattern: RegExp][] = [
  ["machines", /(command:local:Command::(?!.*-(in-service|drain|doctor)$)|aws:ec2\/instance:Instance::)/],
  ["first contact", /-ready$/],
  ["copy", /command:remote:CopyToRemote::/],
  ["stage", /-stage$/],
  ["activate", /-activate$/],
  ["into service", /-in-service$/],
];

export function readEvents(eventLog: string): EngineEvent[] {
  return readFileSync(eventLog, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line) as EngineEvent);
}

/** Wall time of each part that did something, from its first start to its last end, over all updates of a command. */
export function readTimings(updates: readonly (readonly EngineEvent[])[]): Timing[] {
  return parts.flatMap(([part, pattern]) => {
    const spans = updates.map((events) => events.filter((event) => changes(event, pattern)).map((event) => event.timestamp)).filter((times) => times.length > 0);
    return spans.length === 0 ? [] : [{ part, seconds: spans.reduce((sum, times) => sum + Math.max(...times) - Math.min(...times), 0) }];
  });
}

function changes(event: EngineEvent, pattern: RegExp): boolean {
  const metadata = (event.resourcePreEvent ?? event.resOutputsEvent)?.metadata;
  return metadata !== undefined && metadata.op !== "same" && pattern.test(metadata.urn);
}
