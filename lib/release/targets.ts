import { hostMarkers } from "./python/markers";
import { targetName, type WheelTarget } from "./python/platformTags";
import { type Lock, parseLocks } from "./python/requirements";
import { formatWheelLock, type Wheel } from "./python/wheelCache";
import { fetchWheels, type WheelOptions } from "./python/wheels";
import type { Fault } from "../settings/faults";
import { type ArchiveEntry, contentEntry } from "./archive";
import { gunicornFaults } from "./checks";

/** What the lock file says for one target. */
export interface TargetLock {
  target: WheelTarget;
  lock: Lock;
}

/** The wheels that hosts of one target install, and no others. */
export interface TargetWheels {
  target: WheelTarget;
  wheels: Wheel[];
}

/** Reads the lock file `text` for each target, as `parseLocks` does. What is wrong with it for several is reported once. */
export function readTargetLocks(
  text: string,
  folder: string,
  targets: readonly WheelTarget[],
  exportedFrom?: string,
): { locks: TargetLock[]; faults: Fault[] } {
  const environments = targets.map(({ python, architecture }) => hostMarkers(python, architecture));
  const read = parseLocks(text, folder, environments, exportedFrom).map((found, index) => ({
    target: targets[index]!,
    ...found,
  }));
  const faults = read.flatMap((each) => [...each.faults, ...gunicornFaults(each.lock)]);
  const distinct = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  return { locks: read.map(({ target, lock }) => ({ target, lock })), faults: [...distinct.values()] };
}

/** One target after the other: pip keeps what they share. */
export async function fetchTargetWheels(
  locks: readonly TargetLock[],
  options: Omit<WheelOptions, "target">,
): Promise<TargetWheels[]> {
  const found: TargetWheels[] = [];
  for (const { target, lock } of locks) found.push({ target, wheels: await fetchWheels(lock, { ...options, target }) });
  return found;
}

/** A lock for each target. */
export function lockEntries(found: readonly TargetWheels[]): ArchiveEntry[] {
  return found.map(({ target, wheels }) => contentEntry(`locks/${targetName(target)}.lock`, formatWheelLock(wheels)));
}

/** Each wheel once. */
export function wheelEntries(found: readonly TargetWheels[]): ArchiveEntry[] {
  return [...new Map(found.flatMap((each) => each.wheels).map((wheel) => [wheel.name, wheelEntry(wheel)])).values()];
}

/** What a host finds its own target by, and the wheels of each. */
export function describeTargets(found: readonly TargetWheels[]) {
  return found.map(({ target: { python, architecture }, wheels }) => ({
    python,
    architecture,
    wheels: wheels.map(({ name }) => name),
  }));
}

function wheelEntry({ name, path, size, sha256 }: Wheel): ArchiveEntry {
  return { path: `wheels/${name}`, mode: 0o644, size, sha256, source: path };
}
