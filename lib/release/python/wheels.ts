import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SettingsError } from "../../settings/faults";
import { missingDependencies } from "./dependencies";
import { defaultPip, type PipCommand, runPip } from "./pip";
import { pipFailure } from "./pipFailure";
import { describeTarget, targetOptions, type WheelTarget } from "./platformTags";
import { formatLock, type Lock } from "./requirements";
import { proveWheels, provenWheels, publishWheels, tidyCache, type Wheel, wheelFolder } from "./wheelCache";

export interface WheelOptions {
  target: WheelTarget;
  /** Kept between runs and shared by checkouts; wheels lie below `wheels/`. */
  cacheFolder: string;
  onProgress?: (line: string) => void;
  /** The pip to run; `python3 -m pip` when not given. */
  pip?: PipCommand;
}

/**
 * The wheels of all requirements of a lock, from the cache or else downloaded into it. Two runs at once do no
 * harm; what was damaged in the cache is downloaded again. Throws a SettingsError when a package cannot be had.
 */
export async function fetchWheels(lock: Lock, options: WheelOptions): Promise<Wheel[]> {
  const folder = wheelFolder(options.cacheFolder, lock.requirements, options.target);
  const cached = await provenWheels(folder, lock.requirements);
  if (cached !== undefined) return cached;
  await mkdir(dirname(folder), { recursive: true });
  await tidyCache(dirname(folder));
  const aside = await mkdtemp(`${folder}.`);
  try {
    await download(lock, options, aside);
    const wheels = await proveWheels(join(aside, "wheels"), lock.requirements);
    const faults = missingDependencies(wheels, options.target);
    if (faults.length > 0) throw new SettingsError(faults);
    return await publishWheels(join(aside, "wheels"), folder, lock.requirements);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** pip gets a lock without markers, which it would check for this computer. */
async function download(lock: Lock, { target, onProgress, pip }: WheelOptions, aside: string): Promise<void> {
  const lockPath = join(aside, "requirements.lock");
  await mkdir(join(aside, "wheels"));
  await writeFile(lockPath, [...lock.indexOptions, formatLock(lock.requirements)].join("\n"), { mode: 0o600 });
  onProgress?.(`wheels: fetching ${lock.requirements.length} for ${describeTarget(target)}`);
  const options = [
    "download",
    "--require-hashes",
    "--only-binary=:all:",
    "--no-deps",
    "--progress-bar",
    "off",
    "--dest",
    "wheels",
    ...targetOptions(target),
    "--requirement",
    lockPath,
  ];
  let collected = 0;
  const result = await runPip(pip ?? defaultPip, options, aside, (line) => {
    const wanted = /^Collecting (\S+)/.exec(line)?.[1];
    if (wanted !== undefined) onProgress?.(`wheels: ${(collected += 1)} of ${lock.requirements.length}: ${wanted}`);
  });
  if (result.exitCode !== 0) throw pipFailure(result, target);
}
