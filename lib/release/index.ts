import { readFile, stat } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";
import { canonicalJson } from "../canonicalJson";
import { pruneFiles, writeOnce } from "../outputFiles";
import { hostMarkers } from "../python/markers";
import type { PipCommand } from "../python/pip";
import type { Architecture } from "../python/platformTags";
import { type Lock, lockFault, parseLock } from "../python/requirements";
import { formatWheelLock, type Wheel } from "../python/wheelCache";
import { fetchWheels } from "../python/wheels";
import type { PlatformId } from "../platforms";
import { type Fault, SettingsError } from "../settings/faults";
import { readAppTree } from "./appTree";
import { type ArchiveEntry, contentDigest, contentEntry, writeArchive } from "./archive";
import { gunicornFaults, moduleFaults } from "./checks";
import { hashStaticFiles } from "./staticFiles";

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
  /** What the hosts run; wheels are chosen for it. */
  platform: { id: PlatformId; python: string };
  architecture?: Architecture;
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

/**
 * Makes one archive of the application and all that it needs: a host takes it without a package index. Nothing
 * is written when it is there already. Throws a SettingsError that lists what is wrong with the application.
 */
export async function buildRelease(options: ReleaseOptions): Promise<Release> {
  const staticFolder = options.staticFolder === null ? null : posix.join(options.staticFolder, ".");
  const { lock, appEntries } = await readApplication({ ...options, staticFolder });
  const architecture = options.architecture ?? "x86_64";
  const target = { platform: options.platform.id, python: options.platform.python, architecture };
  const wheels = await fetchWheels(lock, { ...options, target });
  const entries = [...appEntries, contentEntry("requirements.lock", formatWheelLock(wheels)), ...wheels.map(wheelEntry)];
  const facts = { module: options.module, python: options.platform.python, staticFolder, staticUrl: options.staticUrl };
  const id = contentDigest([...entries, contentEntry("release.json", canonicalJson(facts))]).slice(0, idDigits);
  const archivePath = join(options.outputFolder, `release-${id}.tar.gz`);
  await writeOnce(archivePath, (path) => {
    options.onProgress?.(`release ${id}: packing ${entries.length} files`);
    return writeArchive([...entries, contentEntry("release.json", canonicalJson({ id, ...facts }))], path);
  });
  await pruneFiles(options.outputFolder, /^release-[0-9a-f]{12}\.tar\.gz$/, `release-${id}.tar.gz`);
  return { id, archivePath };
}

/** All that is on this computer, judged at once. */
async function readApplication(options: ReleaseOptions): Promise<{ lock: Lock; appEntries: ArchiveEntry[] }> {
  await requireFolder(options.appFolder);
  const lockPath = resolve(options.appFolder, options.requirements);
  const { lock, faults: lockFaults } = await readLock(lockPath, options);
  const tree = await readAppTree(options.appFolder, [lockPath]);
  const { added, faults: staticFaults } = options.staticFolder === null ? { added: [], faults: [] } : hashStaticFiles(tree, options.staticFolder);
  const faults = [...lockFaults, ...moduleFaults(options.module, tree), ...staticFaults];
  if (faults.length > 0) throw new SettingsError(faults);
  const appEntries = [...tree, ...added].map((entry) => ({ ...entry, path: `app/${entry.path}` }));
  return { lock, appEntries };
}

async function requireFolder(folder: string): Promise<void> {
  const facts = await stat(folder).catch(() => undefined);
  if (facts?.isDirectory() === true) return;
  throw new SettingsError([{ key: "app.folder", value: folder, allowed: "a folder that exists", remedy: "make it, or change the setting" }]);
}

async function readLock(path: string, options: ReleaseOptions): Promise<{ lock: Lock; faults: Fault[] }> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    const remedy = "make one with `pip-compile --generate-hashes` or `uv export --no-emit-project --no-dev -o requirements.lock`";
    return { lock: { requirements: [], indexOptions: [] }, faults: [lockFault(options.requirements, "a lock file with hashes that exists", `${remedy}; ${path} cannot be read`)] };
  }
  const { lock, faults } = parseLock(text, dirname(path), hostMarkers(options.platform.python, options.architecture ?? "x86_64"));
  return { lock, faults: [...faults, ...gunicornFaults(lock)] };
}

function wheelEntry({ name, path, size, sha256 }: Wheel): ArchiveEntry {
  return { path: `wheels/${name}`, mode: 0o644, size, sha256, source: path };
}
