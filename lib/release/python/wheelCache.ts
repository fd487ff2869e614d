import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { compareBytes } from "../../base/canonicalJson";
import { sha256, sha256File } from "../../base/digest";
import { describeTarget, type WheelTarget } from "./platformTags";
import { formatLock, normalizeName, type Requirement } from "./requirements";

/** A wheel in the cache, proved to be what the lock names. */
export interface Wheel {
  /** Name of the file. */
  name: string;
  /** The requirement that it fulfils. */
  requirement: Requirement;
  path: string;
  size: number;
  sha256: string;
}

const keyDigits = 32;

/** Where the wheels of these requirements lie for this target. */
export function wheelFolder(cacheFolder: string, requirements: readonly Requirement[], target: WheelTarget): string {
  const key = sha256(`${describeTarget(target)}\n${formatLock(requirements)}`).slice(0, keyDigits);
  return join(cacheFolder, "wheels", key);
}

/** The folder's wheels, sorted; undefined unless they are exactly one allowed file for each requirement. */
export async function provenWheels(folder: string, requirements: readonly Requirement[]): Promise<Wheel[] | undefined> {
  const names = await readdir(folder).catch(() => []);
  if (names.length !== requirements.length) return undefined;
  const open = new Map(requirements.map((requirement) => [requirement.name, requirement]));
  const wheels: Wheel[] = [];
  for (const name of names.sort(compareBytes)) {
    const path = join(folder, name);
    const requirement = open.get(normalizeName(name.split("-")[0]!));
    const file = await measure(path);
    if (
      requirement === undefined ||
      file === undefined ||
      !name.endsWith(".whl") ||
      !requirement.hashes.includes(file.sha256)
    )
      return undefined;
    open.delete(requirement.name);
    wheels.push({ name, requirement, path, ...file });
  }
  await markUsed(folder);
  return wheels;
}

/** undefined when it is no file, or when another run has just removed it. */
async function measure(path: string): Promise<{ size: number; sha256: string } | undefined> {
  try {
    const { size } = await stat(path);
    return { size, sha256: await sha256File(path, size) };
  } catch {
    return undefined;
  }
}

/** As provenWheels, but throws an Error. */
export async function proveWheels(folder: string, requirements: readonly Requirement[]): Promise<Wheel[]> {
  const wheels = await provenWheels(folder, requirements);
  if (wheels === undefined)
    throw new Error(
      `${folder}: got other files than the lock names; allowed: one wheel for each requirement; run again`,
    );
  return wheels;
}

/** The lock of exactly these wheels. */
export function formatWheelLock(wheels: readonly Wheel[]): string {
  return formatLock(wheels.map(({ requirement, sha256: digest }) => ({ ...requirement, hashes: [digest] })));
}

/**
 * Puts a downloaded folder in its place. Another run may have been faster, or the folder in place may be
 * damaged: what is proven stays.
 */
export async function publishWheels(
  made: string,
  folder: string,
  requirements: readonly Requirement[],
): Promise<Wheel[]> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const moved = await rename(made, folder).then(
      () => true,
      () => false,
    );
    const wheels = await provenWheels(folder, requirements);
    if (wheels !== undefined) return wheels;
    if (!moved) await rm(folder, { recursive: true, force: true });
  }
  throw new Error(
    `${folder}: got a folder that cannot be replaced; allowed: a cache folder that this user may write; remove it and run again`,
  );
}

const dayMilliseconds = 24 * 60 * 60 * 1000;
const unusedDays = 90;

/** Removes wheels that no run used for 90 days, and what a killed run left more than a day ago. */
export async function tidyCache(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const usedAt = (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? Date.now();
    const days = name.length === keyDigits ? unusedDays : 1;
    if (Date.now() - usedAt > days * dayMilliseconds) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Only tidyCache reads it, so a cache that is read-only serves as well. */
async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now).catch(() => undefined);
}
