import type { EngineEvent } from "./eventLog";

/** One part of an update and how long it took, in seconds. */
export interface Timing {
  part: string;
  seconds: number;
}

const parts: readonly [part: string, pattern: RegExp][] = [
  ["machines", /(command:local:Command::(?!.*-(in-service|drain|doctor)$)|aws:ec2\/instance:Instance::)/],
  ["first contact", /-ready$/],
  ["copy", /command:remote:CopyToRemote::/],
  ["stage", /-stage$/],
  ["activate", /-activate$/],
  ["into service", /-in-service$/],
];

/** Wall time of each part that did something, from its first start to its last end, over all updates of a command. */
export function readTimings(updates: readonly (readonly EngineEvent[])[]): Timing[] {
  return parts.flatMap(([part, pattern]) => {
    const spans = updates
      .map((events) => events.filter((event) => changes(event, pattern)).map((event) => event.timestamp))
      .filter((times) => times.length > 0);
    return spans.length === 0
      ? []
      : [{ part, seconds: spans.reduce((sum, times) => sum + Math.max(...times) - Math.min(...times), 0) }];
  });
}

function changes({ op, urn }: EngineEvent, pattern: RegExp): boolean {
  return op !== "same" && pattern.test(urn);
}
