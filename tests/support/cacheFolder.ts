import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Where downloads and images are kept between runs, outside the checkout. */
export function cacheFolder(): string {
  return process.env.PORTICO_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "portico");
}

/**
 * The folder `place`, made by the first who asks for it. It is made beside its place and then renamed: what a killed run
 * left half-made is never found, and of several that make it at once one wins.
 */
export function madeOnce(place: string, make: (folder: string) => void): string {
  if (existsSync(place)) return place;
  mkdirSync(dirname(place), { recursive: true });
  const temporary = mkdtempSync(`${place}.`);
  try {
    make(temporary);
    renameSync(temporary, place);
  } catch (problem) {
    if (!existsSync(place)) throw problem;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return place;
}
