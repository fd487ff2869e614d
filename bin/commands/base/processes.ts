import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A process of this computer in words that no later process of the same number has: its number and its start. */
export function identify(pid: number): string | undefined {
  if (process.platform !== "linux") return isThere(pid) ? String(pid) : undefined;
  const fields = read(pid, "stat").split(")").at(-1)?.trim().split(" ") ?? [];
  // One that has ended and was not waited for is no process any more.
  return fields.length < 20 || ["Z", "X"].includes(fields[0]!) ? undefined : `${pid}:${fields[19]}`;
}

/** Whether this very process still runs. */
export function lives(identity: string): boolean {
  return identify(Number.parseInt(identity, 10)) === identity;
}

/** The name of a process's program; "" where there is none, or where this computer does not show it. */
export function programOf(pid: number): string {
  return read(pid, "comm").trim();
}

/** What a process was given by whoever started it; undefined where it is not there, or not ours to read. */
export function givenTo(pid: number, variable: string): string | undefined {
  const pair = read(pid, "environ")
    .split("\0")
    .find((each) => each.startsWith(`${variable}=`));
  return pair?.slice(variable.length + 1);
}

/** Ends a process for good, and waits until it is gone. Answers whether it is. */
export async function killProcess(identity: string, waitMilliseconds = 10_000): Promise<boolean> {
  for (let waited = 0; lives(identity) && waited < waitMilliseconds; waited += 50) {
    if (waited === 0) signal(Number.parseInt(identity, 10));
    await pause(50);
  }
  return !lives(identity);
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
