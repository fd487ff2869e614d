import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { compareBytes } from "../base/canonicalJson";
import { sha256File } from "../base/digest";
import { type Fault, SettingsError } from "../settings/faults";
import type { ArchiveEntry } from "./archive";
import { type IgnoreRules, readIgnoreRules } from "./ignoreRules";

/**
 * All files of the application folder that belong into a release, sorted by path. Links to places inside the
 * folder are followed and become copies, empty folders are left out. `without` names files to pass over by
 * their absolute path. Throws a SettingsError that lists everything that cannot go into a release.
 */
export async function readAppTree(folder: string, without: readonly string[] = []): Promise<ArchiveEntry[]> {
  const root = await realpath(folder);
  const left = await Promise.all(without.map((path) => realpath(path).catch(() => path)));
  const walk: Walk = { root, without: new Set(left), ignores: await readIgnoreRules(root), faults: [], entries: [] };
  await visitFolder(walk, "", [root]);
  if (walk.faults.length > 0) throw new SettingsError(walk.faults);
  return walk.entries.sort((first, second) => compareBytes(first.path, second.path));
}

/** Files of SQLite and its like, by the usual names, with what lies beside them while they are open. */
const databaseFile = /\.(sqlite3?|s3db|sl3|db3?)(-wal|-shm|-journal)?$/i;

interface Walk {
  root: string;
  without: ReadonlySet<string>;
  ignores: IgnoreRules;
  faults: Fault[];
  entries: ArchiveEntry[];
}

/** `above`: the real paths of the folders that led here, the last being this one. */
async function visitFolder(walk: Walk, path: string, above: readonly string[]): Promise<void> {
  const items = await readdir(join(walk.root, path), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    refuse(walk, path, `a folder that cannot be read (${error.code})`, "mend its permissions");
    return [];
  });
  for (const item of items) {
    await visit(walk, path === "" ? item.name : `${path}/${item.name}`, item, above);
  }
}

async function visit(walk: Walk, path: string, item: Dirent, above: readonly string[]): Promise<void> {
  if (walk.ignores.staysOut(path, item.isDirectory())) return;
  if (item.name.includes("\uFFFD")) return refuse(walk, path, "a name that is not UTF-8", "rename it");
  if (item.isSymbolicLink()) return visitLink(walk, path, above);
  const source = join(walk.root, path);
  if (item.isDirectory()) return visitFolder(walk, path, [...above, await realpath(source)]);
  if (item.isFile()) return addFile(walk, path, source);
  refuse(walk, path, "a socket, pipe or device", "remove it");
}

async function visitLink(walk: Walk, path: string, above: readonly string[]): Promise<void> {
  const source = await realpath(join(walk.root, path)).catch(() => undefined);
  if (source === undefined) return refuse(walk, path, "a link that leads nowhere", "mend or remove it");
  if (!isBelow(source, walk.root))
    return refuse(walk, path, `a link that leaves the folder, to ${source}`, "copy what it points to into the folder");
  const facts = await stat(source);
  if (facts.isFile()) return addFile(walk, path, source);
  if (!facts.isDirectory()) return refuse(walk, path, "a link to a socket, pipe or device", "remove it");
  if (walk.ignores.staysOut(path, true)) return;
  if (above.some((folder) => isBelow(folder, source)))
    return refuse(walk, path, "a link to a folder that it lies in", "remove it");
  return visitFolder(walk, path, [...above, source]);
}

async function addFile(walk: Walk, path: string, source: string): Promise<void> {
  if (walk.without.has(source)) return;
  if (databaseFile.test(path) && !walk.ignores.isWanted(path)) walk.faults.push(databaseFault(path));
  try {
    const { mode, size } = await stat(source);
    walk.entries.push({
      path,
      mode: (mode & 0o100) === 0 ? 0o644 : 0o755,
      size,
      sha256: await sha256File(source, size),
      source,
    });
  } catch (error) {
    refuse(walk, path, `a file that cannot be read (${(error as NodeJS.ErrnoException).code})`, "mend its permissions");
  }
}

function refuse(walk: Walk, path: string, what: string, remedy: string): void {
  walk.faults.push({
    key: "app.folder",
    value: `${path}, ${what}`,
    allowed: "files and folders, and links to such inside the application folder",
    remedy: `${remedy}, or leave it out by a line in .porticoignore`,
  });
}

/** Django's `startproject` leaves one beside the application. */
function databaseFault(path: string): Fault {
  return {
    key: "app.folder",
    value: `${path}, a database file`,
    allowed:
      "an application without data that it writes: each host would get a copy of its own, read-only, and the next release another one",
    remedy: `keep the data in a database that all hosts reach, and leave the file out by the line ${path} in .porticoignore; where the application only reads it, the line !${path} takes it in`,
  };
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`);
}
