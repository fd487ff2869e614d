import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type Fault, SettingsError } from "../../settings/faults";
import { distinctTargets, type WheelTarget } from "../python/platformTags";
import { lockFault } from "../python/requirements";
import { readTargetLocks, type TargetLock } from "../targets";
import { convertLock } from "./convert";
import { lockKind, lockNames, unknownKind } from "./kinds";

export interface LockOptions {
  /** The application's own files. */
  appFolder: string;
  /** The lock, relative to the application folder; left out of the application tree. */
  requirements: string;
  /** Of the project, whose dependencies are wanted besides the main ones; none where the lock is a file of requirements. */
  extras?: readonly string[];
  groups?: readonly string[];
  /** What the hosts run, at least one and each as often as one likes: the release holds the wheels of all. */
  targets: readonly WheelTarget[];
  /** Gets a short line for each step that takes time. */
  onProgress?: (line: string) => void;
}

interface Found {
  locks: TargetLock[];
  faults: Fault[];
}

/** What the lock says for each target. What is wrong with it is not thrown. */
export async function readLocks(options: LockOptions): Promise<Found> {
  const path = resolve(options.appFolder, options.requirements);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return { locks: [], faults: [missing(options, path)] };
  try {
    return await readText(text, path, options);
  } catch (error) {
    if (error instanceof SettingsError) return { locks: [], faults: [...error.faults] };
    throw error;
  }
}

async function readText(text: string, path: string, options: LockOptions): Promise<Found> {
  const { extras = [], groups = [], onProgress } = options;
  const targets = distinctTargets(options.targets);
  const kind = lockKind(path);
  if (kind !== "requirements") {
    const exported = await convertLock(kind, path, { extras, groups, targets, onProgress });
    return readTargetLocks(exported, dirname(path), targets, basename(path));
  }
  const faults = [...unknownKind(basename(path), text), ...unusedChoice({ extras, groups })];
  return faults.length > 0 ? { locks: [], faults } : readTargetLocks(text, dirname(path), targets);
}

/** A file of requirements has no more than it lists. */
function unusedChoice(choice: Record<"extras" | "groups", readonly string[]>): Fault[] {
  return (["extras", "groups"] as const)
    .filter((name) => choice[name].length > 0)
    .map((name) => ({
      key: `app.${name}`,
      value: choice[name],
      allowed: "[] with a file of requirements, which has all that it is for",
      remedy: "leave it out, or name the lock of a tool in app.requirements",
    }));
}

function missing({ appFolder, requirements }: LockOptions, path: string): Fault {
  const others = ["pylock.toml", "uv.lock", "poetry.lock", "Pipfile.lock", "requirements.lock", "requirements.txt"];
  const there = others.filter((name) => existsSync(resolve(appFolder, name)));
  const remedy =
    there.length > 0
      ? `${there.join(" and ")} ${there.length === 1 ? "is" : "are"} there: set app.requirements`
      : "make one with `pip-compile --generate-hashes`, `uv lock`, `poetry lock` or `pipenv lock`";
  return lockFault(requirements, `a lock that exists: ${lockNames}`, `${remedy}; ${path} cannot be read`);
}
