import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../../base/digest";
import { cacheFolder } from "../../stack/stateFolder";
import type { WheelTarget } from "../python/platformTags";
import { tidyCache } from "../python/wheelCache";
import { type Exporter, refuse } from "./exporter";
import type { ForeignKind } from "./kinds";
import { pipenv } from "./pipenv";
import { poetry } from "./poetry";
import { pylock } from "./pylock";
import { keyDigits, provideTool } from "./tools";
import { uv } from "./uv";

const exporters: Readonly<Record<ForeignKind, Exporter>> = { uv, poetry, pipenv, pylock };

export interface ConvertOptions {
  /** Extras of the project, and groups, whose dependencies are wanted besides the main ones. */
  extras: readonly string[];
  groups: readonly string[];
  targets: readonly WheelTarget[];
  onProgress?: (line: string) => void;
}

/**
 * The lock at `path` as requirements with hashes, by the tool that it belongs to. Equal files mean the same: what was read once is kept in
 * the cache folder. The tool sees copies of the lock and of what it was made of, alone in a folder: nothing of the project can run. Throws
 * a SettingsError for a lock that the tool does not export, or that does not fit what it was made of.
 */
export async function convertLock(kind: ForeignKind, path: string, options: ConvertOptions): Promise<string> {
  const files = await readInputs(kind, path);
  const kept = join(keptFolder(), await keyOf(kind, files, options));
  return (await recall(kept)) ?? (await keep(kept, await exportFresh(kind, path, files, options)));
}

function keptFolder(): string {
  return join(cacheFolder(), "exported");
}

/** By name: the lock, what it was made of, and what says how where it is there. */
async function readInputs(kind: ForeignKind, path: string): Promise<Map<string, string>> {
  const { manifest, settings } = exporters[kind];
  const read = (name: string) => readFile(join(dirname(path), name), "utf8").catch(() => undefined);
  const names = [basename(path), manifest, settings].filter((name) => name !== undefined);
  const found = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  const files = new Map(found.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])));
  if (manifest !== undefined && !files.has(manifest))
    refuse(basename(path), `no ${manifest} beside it`, "put both files into one folder");
  return files;
}

/** What else the answer depends on. */
const ours = (kind: ForeignKind) => [`${kind}.txt`, `${kind}.ts`, "exportPoetry.py", "exportPylock.py"];

async function keyOf(kind: ForeignKind, files: Map<string, string>, options: ConvertOptions): Promise<string> {
  const { extras, groups, targets } = options;
  const texts = await Promise.all(ours(kind).map((name) => readFile(join(__dirname, name), "utf8")));
  const about = [kind, [...files], extras, groups, kind === "pylock" ? targets : [], texts];
  return sha256(JSON.stringify(about)).slice(0, keyDigits);
}

async function exportFresh(
  kind: ForeignKind,
  path: string,
  files: Map<string, string>,
  options: ConvertOptions,
): Promise<string> {
  const tool = await provideTool(kind, options.onProgress);
  await mkdir(keptFolder(), { recursive: true });
  // Not among temporary files: uv looks for a workspace in the folders above, and those have to be this user's.
  const folder = await mkdtemp(join(keptFolder(), "run."));
  try {
    await Promise.all([...files].map(([name, text]) => writeFile(join(folder, name), text)));
    return await exporters[kind].export({ ...options, name: basename(path), folder, tool });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function recall(place: string): Promise<string | undefined> {
  const text = await readFile(place, "utf8").catch(() => undefined);
  const now = new Date();
  if (text !== undefined) await utimes(place, now, now).catch(() => undefined);
  return text;
}

/** Whole or not there. With an address in it, it will be refused, and might show what no file should have. */
async function keep(place: string, text: string): Promise<string> {
  if (text.includes("://")) return text;
  await tidyCache(dirname(place));
  await writeFile(`${place}.${process.pid}`, text);
  await rename(`${place}.${process.pid}`, place);
  return text;
}
