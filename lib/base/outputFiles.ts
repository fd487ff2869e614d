import { randomBytes } from "node:crypto";
import { access, mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Makes the file `path`, whose name identifies its content, unless it is there already. `write` fills a file
 * beside it, which is renamed when complete: a reader never sees half a file, two writers at once do no harm.
 */
export async function writeOnce(path: string, write: (temporaryPath: string) => Promise<void>): Promise<void> {
  if (await exists(path)) return markUsed(path);
  await mkdir(dirname(path), { recursive: true });
  const temporaryPath = temporaryBeside(path);
  try {
    await write(temporaryPath);
    await flush(temporaryPath);
    await rename(temporaryPath, path);
  } finally {
    await rm(temporaryPath, { force: true });
  }
}

/** A name beside `path` that no other process chooses; it begins with a dot. */
export function temporaryBeside(path: string): string {
  const name = path.slice(dirname(path).length + 1);
  return join(dirname(path), `.${name}.${process.pid}.${randomBytes(4).toString("hex")}`);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;

/**
 * Removes all files of `folder` matching `pattern` but the `keep` most recently used and `current`, and what
 * a killed run left half-written more than a day ago.
 */
export async function pruneFiles(folder: string, pattern: RegExp, current: string, keep = 10): Promise<void> {
  const files = await filesByAge(folder);
  const outdated = files.filter(({ name }) => pattern.test(name) && name !== current).slice(Math.max(0, keep - 1));
  const abandoned = files.filter(
    ({ name, usedAt }) => isAbandoned(name, pattern) && Date.now() - usedAt > abandonedAfterMilliseconds,
  );
  await Promise.all([...outdated, ...abandoned].map(({ name }) => rm(join(folder, name), { force: true })));
}

function isAbandoned(name: string, pattern: RegExp): boolean {
  const original = /^\.(.+)\.\d+\.[0-9a-f]{8}$/.exec(name)?.[1];
  return original !== undefined && pattern.test(original);
}

/** Newest first; a file that another process has just removed is passed over. */
async function filesByAge(folder: string): Promise<{ name: string; usedAt: number }[]> {
  const names = await readdir(folder);
  const found = await Promise.all(
    names.map(async (name) =>
      stat(join(folder, name)).then(
        (facts) => ({ name, usedAt: facts.mtimeMs }),
        () => undefined,
      ),
    ),
  );
  return found.filter((file) => file !== undefined).sort((left, right) => right.usedAt - left.usedAt);
}

async function markUsed(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}

/** The rename must not overtake the content when the power fails. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
