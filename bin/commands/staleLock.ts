import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { askEngine, type Environment } from "./engine";
import { endOrphans } from "./orphans";

interface LockContent {
  pid: number;
  hostname: string;
}

/**
 * A killed engine leaves its lock in a file backend. Removes it when its holder ran on this computer and
 * is gone; a living holder keeps it, and the engine itself then says who it is. Answers whether a lock was removed.
 */
export function removeStaleLock(stack: string, environment: Environment): boolean {
  const locks = readLocks(stack, environment);
  if (locks.length === 0 || !locks.every(isStale)) return false;
  process.stderr.write(`portico: the last run on ${stack} was killed (process ${locks.map((lock) => lock.pid).join(", ")}); removing its lock\n`);
  endOrphans(environment);
  askEngine(["cancel", "--yes", "--stack", stack], environment);
  return true;
}

function readLocks(stack: string, environment: Environment): LockContent[] {
  const backend = environment.PULUMI_BACKEND_URL ?? "";
  if (!backend.startsWith("file://")) return [];
  const folder = path.join(fileURLToPath(backend), ".pulumi", "locks", "organization", "portico", stack);
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

function isStale({ pid, hostname: holder }: LockContent): boolean {
  return holder === hostname() && !runsEngine(pid);
}

function runsEngine(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
  } catch {
    return false;
  }
}
