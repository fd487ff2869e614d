import { readFileSync } from "node:fs";
import path from "node:path";
import type { HostsStack } from "../../support/hostsStack";
import type { Run } from "../../support/run";

export const webHosts = ["north", "south"];

interface Status {
  current: { key: string; release: string };
  live: string;
  lease: object | null;
}

export function statusOf(stack: HostsStack, host: string): Status {
  return JSON.parse(stack.machines.onMachine(host, "portico-host status")) as Status;
}

/** Release of each application host, as the host itself says. */
export function releases(stack: HostsStack): string[] {
  return webHosts.map((host) => statusOf(stack, host).current.release);
}

/** Slot of each application host that serves. */
export function slots(stack: HostsStack): string[] {
  return webHosts.map((host) => statusOf(stack, host).live);
}

/** What a host answers clients of the balancer with. */
export function healthOf(stack: HostsStack, host: string): string {
  return stack.machines.onMachine(host, "portico-host answers");
}

export function expectDone(result: Run): Run {
  expect({ code: result.code, output: result.code === 0 ? "" : result.output }).toEqual({ code: 0, output: "" });
  return result;
}

/** Makes the next release another one; answers what takes the change back. */
export function changeApp(stack: HostsStack, note: string, lines = ""): () => void {
  return stack.appendToApp("portico_sample/__init__.py", `\nNOTE = ${JSON.stringify(note)}\n${lines}`);
}

/** Takes the cable out of a host; answers what puts it in again. */
export function unplug(stack: HostsStack, host: string): () => void {
  const set = (state: string) => stack.machines.setLink(host, state);
  set("down");
  return () => set("up");
}

export function stateOf(stack: HostsStack, file: string): string {
  return readFileSync(path.join(stack.stateFolder, file), "utf8");
}
