import { hostOfStep, nameOfUrn, type HostStep } from "../../../lib/stack/resourceNames";
import type { EngineEvent } from "./eventLog";

/** One part of an update and how long it took, in seconds. */
export interface Timing {
  part: string;
  seconds: number;
}

const isStep = (step: HostStep) => (urn: string) => hostOfStep(nameOfUrn(urn), step) !== undefined;
const matches = (pattern: RegExp) => (urn: string) => pattern.test(urn);

const parts: readonly [part: string, includes: (urn: string) => boolean][] = [
  ["machines", matches(/(command:local:Command::(?!.*-(in-service|drain|doctor)$)|aws:ec2\/instance:Instance::)/)],
  ["first contact", isStep("ready")],
  ["copy", matches(/command:remote:CopyToRemote::/)],
  ["stage", isStep("stage")],
  ["activate", isStep("activate")],
  ["into service", matches(/-in-service$/)],
];

/** Wall time of each part that did something, from its first start to its last end, over all updates of a command. */
export function readTimings(updates: readonly (readonly EngineEvent[])[]): Timing[] {
  return parts.flatMap(([part, includes]) => {
    const spans = updates
      .map((events) => events.filter((event) => changes(event, includes)).map((event) => event.timestamp))
      .filter((times) => times.length > 0);
    return spans.length === 0
      ? []
      : [{ part, seconds: spans.reduce((sum, times) => sum + Math.max(...times) - Math.min(...times), 0) }];
  });
}

function changes({ op, urn }: EngineEvent, includes: (urn: string) => boolean): boolean {
  return op !== "same" && includes(urn);
}
