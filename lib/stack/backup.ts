/** What a backup says of itself. */
export interface BackupDescription {
  format: number;
  stack: string;
  /** When it was made, UTC. */
  at: string;
}

/** First file of a backup. */
export const descriptionFile = "portico-backup.json";
/** Of a stack's folder; the rest is made again: releases, bundles, and for target local the machines with their disks. */
export const keptInBackup: readonly string[] = ["passphrase", "encryptionsalt", "backend"];

const format = 1;

export function describeBackup(stack: string, now: Date): BackupDescription {
  return { format, stack, at: now.toISOString().replace(/\.\d+/, "") };
}

/** Throws for a file of another kind, of a later version, or of another stack. */
export function readDescription(text: string, stack: string, file: string): BackupDescription {
  const found = parse(text);
  if (found?.format !== format)
    throw new Error(
      `file: got ${file} of format ${String(found?.format)}; allowed: format ${format}; use the version of Portico that wrote it`,
    );
  if (found.stack !== stack)
    throw new Error(
      `file: got ${file}, a backup of the stack ${String(found.stack)}; allowed: one of ${stack}; run bin/restore ${String(found.stack)} FILE`,
    );
  return found;
}

/** Throws for an archive that holds something else than folders and files of a backup; `lines` are those of `tar --list --verbose`. */
export function checkEntries(lines: readonly string[], file: string): void {
  const entries = lines.filter((line) => line !== "");
  const names = entries.map((line) => /^\S+ +\S+ +\d+ +\S+ +\S+ (.*)$/.exec(line)?.[1] ?? line);
  const wrong = names.find((name, index) => !/^[d-]/.test(entries[index]!) || !isOurs(name));
  if (wrong !== undefined)
    throw new Error(
      `file: got ${file} with ${wrong} in it; allowed: a file that bin/backup wrote; nothing was changed`,
    );
  if (!names.includes(descriptionFile))
    throw new Error(
      `file: got ${file} without ${descriptionFile} in it; allowed: a file that bin/backup wrote; nothing was changed`,
    );
}

function isOurs(name: string): boolean {
  const [top, ...below] = name.replace(/\/$/, "").split("/");
  return [descriptionFile, ...keptInBackup].includes(top!) && !below.includes("..");
}

function parse(text: string): BackupDescription | undefined {
  try {
    return JSON.parse(text) as BackupDescription;
  } catch {
    return undefined;
  }
}
