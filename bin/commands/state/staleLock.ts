import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { callEngine, starterVariable, type Environment } from "../base/engine";
import { endOrphans } from "./orphans";
import { givenTo, identify, killProcess, lives, programOf } from "../base/processes";

export interface LockContent {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * A killed engine leaves its lock in a file backend, and an engine whose command was killed may stay behind and hold
 * it. Ends such an engine, and removes the lock when its holder ran on this computer and is gone. A living
 * holder keeps it. Answers whether a lock was removed.
 */
export async function removeStaleLock(stack: string, environment: Environment): Promise<boolean> {
  const locks = readLocks(stack, environment);
  for (const { pid, hostname: holder } of locks) {
    const engine = holder === hostname() ? identify(pid) : undefined;
    if (engine !== undefined && isLeftBehind(pid)) {
      process.stderr.write(
        `portico: the command that ran on ${stack} was killed; ending the engine that it left (process ${pid})\n`,
      );
      await killProcess(engine);
    }
  }
  if (locks.length === 0 || !locks.every(isStale)) return false;
  process.stderr.write(
    `portico: the last run on ${stack} was killed (process ${locks.map((lock) => lock.pid).join(", ")}); removing its lock\n`,
  );
  endOrphans(environment);
  callEngine(["cancel", "--yes", "--stack", stack], environment);
  return true;
}

/** Who works on the stack now; undefined when nobody does, or where the backend is not a folder. */
export function findHolder(stack: string, environment: Environment): LockContent | undefined {
  return readLocks(stack, environment).find((lock) => !isStale(lock));
}

/** Throws where somebody works on the stack: `command` would change hosts under an update. */
export function refuseBusy(command: string, stack: string, environment: Environment): void {
  const holder = findHolder(stack, environment);
  if (holder !== undefined)
    throw new Error(
      `${command}: got a stack that an update is working on (${describeHolder(holder)}); allowed: one at rest; wait for its end`,
    );
}

/** Whether a lock lies on the stack, its holder alive or not. */
export function isLocked(stack: string, environment: Environment): boolean {
  return readLocks(stack, environment).length > 0;
}

/** In words, for a message. */
export function describeHolder({ pid, hostname: holder, timestamp }: LockContent): string {
  return `process ${pid} on ${holder}, since ${timestamp.replace(/\.\d+/, "")}`;
}

function readLocks(stack: string, environment: Environment): LockContent[] {
  const backend = environment.PULUMI_BACKEND_URL ?? "";
  return backend.startsWith("file://") ? locksBelow(fileURLToPath(backend), stack) : [];
}

/** The locks of a stack in the folder of a file backend. */
export function locksBelow(backend: string, stack: string): LockContent[] {
  const folder = path.join(backend, ".pulumi", "locks", "organization", "portico", stack);
  return listFiles(folder).map((file) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as LockContent);
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(".json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export function isStale({ pid, hostname: holder }: LockContent): boolean {
  return holder === hostname() && !runsEngine(pid);
}

function runsEngine(pid: number): boolean {
  if (identify(pid) === undefined) return false;
  return process.platform !== "linux" || programOf(pid).startsWith("pulumi");
}

/** Whether this is an engine that a command of ours started, and that command is gone. */
export function isLeftBehind(pid: number): boolean {
  const starter = programOf(pid).startsWith("pulumi") ? givenTo(pid, starterVariable) : undefined;
  return starter !== undefined && !lives(starter);
}
