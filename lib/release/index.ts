import { stat } from "node:fs/promises";
import { basename, join, posix, resolve } from "node:path";
import { canonicalJson } from "../base/canonicalJson";
import { contract } from "../base/contract";
import { pruneFiles, writeOnce } from "../base/outputFiles";
import type { PipCommand } from "./python/pip";
import { targetName, type WheelTarget } from "./python/platformTags";
import { SettingsError } from "../settings/faults";
import { readAppTree } from "./appTree";
import { type ArchiveEntry, contentEntry, shortDigest, writeArchive } from "./archive";
import { moduleFaults, sizeFaults } from "./checks";
import { type LockOptions, readLocks } from "./locks/readLocks";
import { installProject } from "./project/install";
import { hashStaticFiles, rootFileFaults } from "./staticFiles";
import { describeTargets, fetchTargetWheels, lockEntries, type TargetLock, wheelEntries } from "./targets";
import { archivePattern, packWheels } from "./wheelArchives";

export interface ReleaseOptions extends LockOptions {
  /** What Gunicorn serves: `package.module:callable`. */
  module: string;
  /** Where the packages of the project lie in the application folder, which then counts as installed; null: it does not. */
  sourceFolder?: string | null;
  /** Inside the application folder; null when there are no static files. */
  staticFolder: string | null;
  /** Files of the static folder that the release must have. */
  rootFiles?: readonly string[];
  /** Where the static files appear, as `/static/`. */
  staticUrl: string;
  /** As for `fetchWheels`. */
  packageIndexes?: readonly string[];
  packageLogins?: string;
  /** Wheels are kept here between runs. */
  cacheFolder: string;
  /** The archives are put here; the ten last used of each kind stay. */
  outputFolder: string;
  /** The pip to run; `python3 -m pip` when not given. */
  pip?: PipCommand;
}

export interface Release {
  /** Twelve hex digits, made of the content of all files, the wheels among them: equal releases have equal ids. */
  id: string;
  /** The archive of the application and its locks, for hosts of every target. */
  applicationPath: string;
  /** The archive of the wheels that hosts of a target install; releases with the same lock have the same. */
  wheelsPath(target: WheelTarget): string;
}

const { releaseDescription, applicationStart, applicationEnding, combinedStart, combinedEnding } = contract.files;

/**
 * Makes an archive of the application, and one for each target of the wheels that it needs there: hosts take them without a
 * package index. Nothing is written that is there already. Throws a SettingsError that lists what is wrong with
 * the application.
 */
export async function buildRelease(options: ReleaseOptions): Promise<Release> {
  const staticFolder = options.staticFolder === null ? null : posix.join(options.staticFolder, ".");
  const { locks, appEntries } = await readApplication({ ...options, staticFolder });
  const found = await fetchTargetWheels(locks, options);
  const entries = [...appEntries, ...lockEntries(found)];
  const facts = { module: options.module, targets: describeTargets(found), staticFolder, staticUrl: options.staticUrl };
  const description = contentEntry(releaseDescription, canonicalJson(facts));
  const id = shortDigest([...entries, ...wheelEntries(found), description]);
  const applicationPath = join(options.outputFolder, `${applicationStart}${id}${applicationEnding}`);
  await writeOnce(applicationPath, (path) => {
    options.onProgress?.(`release ${id}: packing ${entries.length} files`);
    return writeArchive([...entries, contentEntry(releaseDescription, canonicalJson({ id, ...facts }))], path);
  });
  const paths = await packWheels(found, options);
  await pruneFiles(options.outputFolder, applicationArchive, basename(applicationPath));
  return { id, applicationPath, wheelsPath: (target) => paths.get(targetName(target))! };
}

/** Those of before wheels had archives of their own go as they grow old. */
const applicationArchive = new RegExp(
  `^(${archivePattern(applicationStart, applicationEnding)}|${archivePattern(combinedStart, combinedEnding)})$`,
);

/** Throws a SettingsError when the application or its lock is not there: what can be checked before any host is contacted. */
export async function requireApplication(options: Omit<LockOptions, "targets">): Promise<void> {
  await requireFolder(options.appFolder);
  const { faults } = await readLocks({ ...options, targets: [] });
  if (faults.length > 0) throw new SettingsError(faults);
}

/** All that is on this computer, checked at once. */
async function readApplication(options: ReleaseOptions): Promise<{ locks: TargetLock[]; appEntries: ArchiveEntry[] }> {
  await requireFolder(options.appFolder);
  const { locks, faults: lockFaults } = await readLocks(options);
  const files = await readAppTree(options.appFolder, [resolve(options.appFolder, options.requirements)]);
  const source = options.sourceFolder ?? null;
  const { tree, faults: sourceFaults } =
    source === null ? { tree: files, faults: [] } : await installProject(files, { ...options, source });
  const { added, faults: staticFaults } =
    options.staticFolder === null ? { added: [], faults: [] } : hashStaticFiles(tree, options.staticFolder);
  const faults = [
    ...lockFaults,
    ...sourceFaults,
    ...moduleFaults(options.module, tree, source),
    ...sizeFaults(options.appFolder, [...tree, ...added]),
    ...staticFaults,
    ...rootFileFaults(tree, options.staticFolder ?? "", options.rootFiles ?? []),
  ];
  if (faults.length > 0) throw new SettingsError(faults);
  const appEntries = [...tree, ...added].map((entry) => ({ ...entry, path: `app/${entry.path}` }));
  return { locks, appEntries };
}

async function requireFolder(folder: string): Promise<void> {
  const facts = await stat(folder).catch(() => undefined);
  if (facts?.isDirectory() === true) return;
  throw new SettingsError([
    { key: "app.folder", value: folder, allowed: "a folder that exists", remedy: "make it, or change the setting" },
  ]);
}
