import { readFile, stat } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";
import { canonicalJson } from "../base/canonicalJson";
import { contract } from "../base/contract";
import { pruneFiles, writeOnce } from "../base/outputFiles";
import type { PipCommand } from "./python/pip";
import { distinctTargets, type WheelTarget } from "./python/platformTags";
import { lockFault } from "./python/requirements";
import { type Fault, SettingsError } from "../settings/faults";
import { readAppTree } from "./appTree";
import { type ArchiveEntry, contentDigest, contentEntry, writeArchive } from "./archive";
import { moduleFaults } from "./checks";
import { hashStaticFiles } from "./staticFiles";
import { describeTargets, fetchTargetWheels, readTargetLocks, targetEntries, type TargetLock } from "./targets";

export interface ReleaseOptions {
  /** The application's own files. */
  appFolder: string;
  /** The lock file with hashes, relative to the application folder; left out of the application tree. */
  requirements: string;
  /** What Gunicorn serves: `package.module:callable`. */
  module: string;
  /** Inside the application folder; null when there are no static files. */
  staticFolder: string | null;
  /** Where the static files appear, as `/static/`. */
  staticUrl: string;
  /** What the hosts run, at least one and each as often as one likes: the release holds the wheels of all. */
  targets: readonly WheelTarget[];
  /** Wheels are kept here between runs. */
  cacheFolder: string;
  /** The archive is put here; the ten last used stay. */
  outputFolder: string;
  /** Gets a short line for each step that takes time. */
  onProgress?: (line: string) => void;
  /** The pip to run; `python3 -m pip` when not given. */
  pip?: PipCommand;
}

export interface Release {
  /** Twelve hex digits, made of the content of all files: equal releases have equal ids. */
  id: string;
  archivePath: string;
}

const idDigits = 12;
const { releaseDescription, archiveStart, archiveEnding } = contract.files;

/** File name of a release's archive, here and on hosts. */
export function releaseArchiveName(id: string): string {
  return `${archiveStart}${id}${archiveEnding}`;
}

/**
 * Makes one archive of the application and all that it needs on hosts of every target: they take it without a
 * package index. Nothing is written when it is there already. Throws a SettingsError that lists what is wrong with
 * the application.
 */
export async function buildRelease(options: ReleaseOptions): Promise<Release> {
  const staticFolder = options.staticFolder === null ? null : posix.join(options.staticFolder, ".");
  const { locks, appEntries } = await readApplication({ ...options, staticFolder });
  const found = await fetchTargetWheels(locks, options);
  const entries = [...appEntries, ...targetEntries(found)];
  const facts = { module: options.module, targets: describeTargets(found), staticFolder, staticUrl: options.staticUrl };
  const id = contentDigest([...entries, contentEntry(releaseDescription, canonicalJson(facts))]).slice(0, idDigits);
  const archivePath = join(options.outputFolder, releaseArchiveName(id));
  await writeOnce(archivePath, (path) => {
    options.onProgress?.(`release ${id}: packing ${entries.length} files`);
    return writeArchive([...entries, contentEntry(releaseDescription, canonicalJson({ id, ...facts }))], path);
  });
  await pruneFiles(
    options.outputFolder,
    new RegExp(`^${archiveStart}[0-9a-f]{${idDigits}}${archiveEnding.replaceAll(".", "\\.")}$`),
    releaseArchiveName(id),
  );
  return { id, archivePath };
}

/** Throws a SettingsError when the application or its lock is not there: what can be checked before any host is contacted. */
export async function requireApplication({
  appFolder,
  requirements,
}: Pick<ReleaseOptions, "appFolder" | "requirements">): Promise<void> {
  await requireFolder(appFolder);
  const { faults } = await readLocks(resolve(appFolder, requirements), { requirements, targets: [] });
  if (faults.length > 0) throw new SettingsError(faults);
}

/** All that is on this computer, checked at once. */
async function readApplication(options: ReleaseOptions): Promise<{ locks: TargetLock[]; appEntries: ArchiveEntry[] }> {
  await requireFolder(options.appFolder);
  const lockPath = resolve(options.appFolder, options.requirements);
  const { locks, faults: lockFaults } = await readLocks(lockPath, options);
  const tree = await readAppTree(options.appFolder, [lockPath]);
  const { added, faults: staticFaults } =
    options.staticFolder === null ? { added: [], faults: [] } : hashStaticFiles(tree, options.staticFolder);
  const faults = [...lockFaults, ...moduleFaults(options.module, tree), ...staticFaults];
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

async function readLocks(
  path: string,
  { requirements, targets }: Pick<ReleaseOptions, "requirements" | "targets">,
): Promise<{ locks: TargetLock[]; faults: Fault[] }> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    const remedy =
      "make one with `pip-compile --generate-hashes` or `uv export --no-emit-project --no-dev -o requirements.lock`";
    return {
      locks: [],
      faults: [lockFault(requirements, "a lock file with hashes that exists", `${remedy}; ${path} cannot be read`)],
    };
  }
  return readTargetLocks(text, dirname(path), distinctTargets(targets));
}
