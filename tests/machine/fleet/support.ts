import { startLoad, type Report } from "../../support/strictClient";
import type { Run } from "../../support/run";
import type { TestStack } from "../../support/testStack";

export const webHosts = ["web-1", "web-2", "web-3"];
export const appFile = "portico_sample/__init__.py";

/** An update that has to succeed; throws with what it printed. */
export async function bringUp(stack: TestStack): Promise<Run> {
  const result = await stack.up();
  if (result.code !== 0) throw new Error(result.output);
  return result;
}

/** Release of every application host, as the host itself says. */
export function releases(stack: TestStack): Record<string, string> {
  return Object.fromEntries(webHosts.map((host) => [host, statusOf(stack, host).current.release]));
}

export interface HostStatus {
  current: { release: string; revision: string };
  good: string[];
  bad: Record<string, string>;
  lease: unknown;
}

export function statusOf(stack: TestStack, host: string): HostStatus {
  return JSON.parse(stack.onHost(host, "portico-host status")) as HostStatus;
}

/** What is not as it should be on a host; empty when all is well. */
export function problemsOf(stack: TestStack, host: string): string[] {
  return (JSON.parse(stack.onHost(host, "portico-host check || true")) as { problems: string[] }).problems;
}

export function allOn(release: string): Record<string, string> {
  return Object.fromEntries(webHosts.map((host) => [host, release]));
}

/** Runs `act` under a load of POST and GET that forgives nothing. */
export async function underLoad<T>(
  stack: TestStack,
  act: () => Promise<T>,
  { connections, pauseMs, minutes } = { connections: 12, pauseMs: 20, minutes: 30 },
): Promise<{ result: T; report: Report }> {
  const load = startLoad({ ...stack.target("load"), connections, pauseMs, maxSeconds: minutes * 60 });
  const result = await act();
  return { result, report: await load.stop() };
}

/** Makes the next release another one. */
export function changeApp(stack: TestStack, note: string): () => void {
  return stack.appendToApp(appFile, `\nNOTE = ${JSON.stringify(note)}\n`);
}

/** What the engine gave to a command of the host program: the bundle that ran, and its input. */
export interface Recorded {
  bundle: string;
  stdin: string;
}

/** Runs one command of the host program on a host as the engine does; it dies right before the step `killAt` when there is one. */
export function perform(
  stack: TestStack,
  host: string,
  { bundle, stdin }: Recorded,
  command: string,
  killAt = "",
): { code: number; stdout: string; stderr: string } {
  const folder = "/run/portico-test";
  const script = [
    `umask 077; mkdir -p ${folder}; cat > ${folder}/in; cd /home/admin`,
    `PORTICO_KILL_AT=${killAt} python3 -I ${bundle} ${command} < ${folder}/in > ${folder}/out 2> ${folder}/err; code=$?`,
    `python3 -c 'import json, sys; print(json.dumps({"code": int(sys.argv[1]), "stdout": open("${folder}/out").read(), "stderr": open("${folder}/err").read()}))' $code; rm -r ${folder}`,
  ];
  return JSON.parse(stack.onHost(host, script.join("\n"), stdin)) as { code: number; stdout: string; stderr: string };
}
