import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkEntries, descriptionFile, describeBackup, keptInBackup, readDescription } from "../../lib/stack/backup";
import { hasState, stackFolders } from "../../lib/stack/stateFolder";
import { callEngine, stackEnvironment } from "./base/engine";
import { runMain, UsageError } from "./base/main";
import { describeHolder, isStale, locksBelow } from "./state/staleLock";

const usage: Record<string, string> = {
  save: "usage: bin/backup [STACK] [FILE]",
  restore: "usage: bin/restore [STACK] FILE",
};

/**
 * Saves the state of a stack and its passphrase in one file, or brings them back. A restore replaces nothing: what is in its way is
 * the user's to move.
 */
function backup([verb, callerFolder, ...given]: string[]): number {
  if (given.length > 2 || given.some((word) => word.startsWith("-"))) throw new UsageError(usage[verb!]);
  if (verb === "save") return save(given[0] ?? "dev", given[1], callerFolder!);
  const file = given.at(-1);
  if (file === undefined) throw new UsageError(usage.restore);
  return restore(given.length === 2 ? given[0]! : "dev", path.resolve(callerFolder!, file));
}

function save(stack: string, file: string | undefined, callerFolder: string): number {
  const root = path.resolve(stackFolders(stack).root);
  refuseElsewhere(stack);
  if (!existsSync(path.join(root, "passphrase")) || !hasState(root))
    throw new Error(
      `stack: got ${stack}, of which there is no state in ${root}; allowed: a stack that is or was up; nothing was saved`,
    );
  refuseWhileHeld(root, stack);
  // A backup that nobody can read is none: the engine reads all of the state with the passphrase that is saved.
  callEngine(["stack", "export", "--show-secrets", "--stack", stack], stackEnvironment(stack));
  const description = describeBackup(stack, new Date());
  const target = path.resolve(
    callerFolder,
    file ?? `${stack}-${description.at.replaceAll(/[-:]/g, "")}.portico-backup`,
  );
  if (existsSync(target))
    throw new Error(`file: got ${target}, which is there; allowed: a new file; nothing was saved`);
  if (!existsSync(path.dirname(target)))
    throw new Error(`file: got ${target}, whose folder is not there; allowed: a folder that exists; nothing was saved`);
  withScratch((scratch) => {
    writeFileSync(path.join(scratch, descriptionFile), `${JSON.stringify(description, null, 2)}\n`);
    const kept = readdirSync(root).filter((name) => keptInBackup.includes(name));
    const draft = `${target}.${process.pid}`;
    try {
      writeFileSync(draft, "", { mode: 0o600, flag: "wx" });
      tar([
        "--create",
        "--gzip",
        "--file",
        draft,
        "--exclude=backend/.pulumi/locks",
        "--exclude=backend/.pulumi/backups",
        "--directory",
        scratch,
        descriptionFile,
        "--directory",
        root,
        ...kept,
      ]);
      renameSync(draft, target);
    } finally {
      rmSync(draft, { force: true });
    }
  });
  process.stdout.write(
    `portico: saved the state of ${stack} in ${target}\n         It holds the passphrase: whoever has the file has every secret of the stack. Keep it elsewhere than this computer.\n`,
  );
  return 0;
}

function restore(stack: string, file: string): number {
  const root = path.resolve(stackFolders(stack).root);
  refuseElsewhere(stack);
  if (!existsSync(file))
    throw new Error(`file: got ${file}, which is not there; allowed: a file that bin/backup wrote`);
  refuseWhileHeld(root, stack);
  // A passphrase that encrypted nothing yet, which any command makes on its way to find no state, is no loss.
  if (hasState(root) || existsSync(path.join(root, "encryptionsalt"))) {
    throw new Error(
      `stack: got ${stack}, of which there is a state in ${root}; allowed: a stack without one; move ${keptInBackup.join(", ")} away first; nothing was changed`,
    );
  }
  execFileSync("mkdir", ["-p", "-m", "0700", path.dirname(root), root]);
  withScratch((scratch) => {
    checkEntries(tar(["--list", "--gzip", "--verbose", "--numeric-owner", "--file", file]).split("\n"), file);
    tar(["--extract", "--gzip", "--no-same-owner", "--file", file, "--directory", scratch]);
    const { at } = readDescription(readFileSync(path.join(scratch, descriptionFile), "utf8"), stack, file);
    for (const name of keptInBackup) {
      rmSync(path.join(root, name), { recursive: true, force: true });
      if (existsSync(path.join(scratch, name))) renameSync(path.join(scratch, name), path.join(root, name));
    }
    process.stdout.write(`portico: restored ${stack} as of ${at}; bin/up ${stack} shows what changed since\n`);
  }, root);
  return 0;
}

function refuseElsewhere(stack: string): void {
  const backend = process.env.PULUMI_BACKEND_URL ?? "";
  const root = path.resolve(stackFolders(stack).root, "..");
  if (backend !== "" && !backend.startsWith(`file://${root}/`))
    throw new Error(
      `backend: got ${backend}; allowed: the state folder of this checkout; keep that place safe by its own means, and the passphrase or key with it`,
    );
}

function refuseWhileHeld(root: string, stack: string): void {
  const holder = locksBelow(path.join(root, "backend"), stack).find((lock) => !isStale(lock));
  if (holder !== undefined)
    throw new Error(
      `stack: got ${stack}, on which an engine works (${describeHolder(holder)}); allowed: one at rest; wait for its end`,
    );
}

/** A private folder beside what it is for, so that a rename out of it is one step. */
function withScratch(act: (scratch: string) => void, beside = tmpdir()): void {
  const scratch = mkdtempSync(path.join(beside, "portico-backup-"));
  try {
    act(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function tar(words: readonly string[]): string {
  try {
    return execFileSync("tar", words, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    throw new Error(
      `tar: ${String((error as { stderr?: string }).stderr ?? "").trim() || (error as Error).message}; allowed: a file that bin/backup wrote, and a disk with room`,
      { cause: error },
    );
  }
}

runMain(backup);
