import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../base/digest";
import { cacheFolder } from "../../stack/stateFolder";
import type { LockLine } from "./distributions";

/** After that lines are read again: the library that reads them may have become another one. */
const keptMilliseconds = 7 * 24 * 60 * 60 * 1000;
const script = join(__dirname, "distributions.py");

/**
 * What `read` says of lines of a lock file, from the cache folder where it was kept before: the same lines, in the same
 * environments, mean the same, and Python takes longer to start than to read them. Faults are not kept: their words may show what
 * is in a line.
 */
export function keptLines(about: object, read: () => LockLine[]): LockLine[] {
  const folder = join(cacheFolder(), "packaging");
  const place = join(folder, `${sha256(JSON.stringify([readFileSync(script, "utf8"), about]))}.json`);
  const kept = recall(place);
  if (kept !== undefined) return kept;
  const lines = read();
  if (lines.every((line) => !("fault" in line))) keep(folder, place, JSON.stringify(lines));
  return lines;
}

function recall(place: string): LockLine[] | undefined {
  try {
    return isOld(place) ? undefined : (JSON.parse(readFileSync(place, "utf8")) as LockLine[]);
  } catch {
    return undefined;
  }
}

/** Whole or not there. A folder that cannot be written costs time, and no more. */
function keep(folder: string, place: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    readdirSync(folder)
      .map((name) => join(folder, name))
      .filter(isOld)
      .forEach((file) => rmSync(file, { force: true }));
    writeFileSync(`${place}.${process.pid}`, text);
    renameSync(`${place}.${process.pid}`, place);
  } catch {
    // The next run reads them again.
  }
}

function isOld(file: string): boolean {
  return Date.now() - statSync(file).mtimeMs > keptMilliseconds;
}
