import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SettingsError } from "../../settings/faults";
import { missingDependencies } from "./dependencies";
import { defaultPip, type PipCommand, runPip } from "./pip";
import { hidesWhy, isRefusal, pipFailure } from "./pipFailure";
import { describeTarget, targetOptions, type WheelTarget } from "./platformTags";
import { formatLock, type Lock } from "./requirements";
import { proveWheels, provenWheels, publishWheels, tidyCache, type Wheel, wheelFolder } from "./wheelCache";

export interface WheelOptions {
  target: WheelTarget;
  /** Kept between runs and shared by checkouts; wheels lie below `wheels/`. */
  cacheFolder: string;
  /** Addresses of indexes besides those of pip's settings, without credentials. */
  packageIndexes?: readonly string[];
  /** Logins of indexes in the form of a netrc file, which take the place of the user's own. Secret. */
  packageLogins?: string;
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
async function download(lock: Lock, options: WheelOptions, aside: string): Promise<void> {
  const { target, packageIndexes = [], packageLogins, onProgress, pip } = options;
  const lockPath = join(aside, "requirements.lock");
  await mkdir(join(aside, "wheels"));
  const indexes = packageIndexes.map((url) => `--extra-index-url ${url}`);
  await writeFile(lockPath, [...lock.indexOptions, ...indexes, formatLock(lock.requirements)].join("\n"), {
    mode: 0o600,
  });
  onProgress?.(`wheels: fetching ${lock.requirements.length} for ${describeTarget(target)}`);
  const words = [
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
  const count = (line: string) => {
    const wanted = /^Collecting (\S+)/.exec(line)?.[1];
    if (wanted !== undefined) onProgress?.(`wheels: ${(collected += 1)} of ${lock.requirements.length}: ${wanted}`);
  };
  const result = await runPip(pip ?? defaultPip, words, aside, count, packageLogins);
  if (result.exitCode === 0) return;
  if (!hidesWhy(result)) throw pipFailure(result, target);
  const lines: string[] = [];
  const again = await runPip(pip ?? defaultPip, [...words, "-vv"], aside, (line) => lines.push(line), packageLogins);
  throw pipFailure({ ...again, errors: [...lines.filter(isRefusal), result.errors].join("\n") }, target);
}
