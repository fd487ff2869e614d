import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../base/digest";
import { SettingsError } from "../../settings/faults";
import { cacheFolder } from "../../stack/stateFolder";
import { withoutCredentials } from "../python/credentials";
import { defaultPip, runPip } from "../python/pip";
import { lockFault } from "../python/requirements";
import { tidyCache } from "../python/wheelCache";
import type { ForeignKind } from "./kinds";

export const keyDigits = 32;

/** The packages of a tool, each at one version and with its hashes. */
export function pinsOf(kind: ForeignKind): string {
  return join(__dirname, `${kind}.txt`);
}

/**
 * The folder with the tool that reads locks of this kind. It is installed when it is first needed, for nobody else, and kept outside of the
 * checkout: wheels of the pinned packages alone, so that nothing of them runs before the tool itself does.
 */
export async function provideTool(kind: ForeignKind, onProgress?: (line: string) => void): Promise<string> {
  const pins = pinsOf(kind);
  const python = await runTool(["python3", "-V"], { folder: "/" });
  const all = join(cacheFolder(), "exporters");
  const folder = join(all, sha256(python.output + (await readFile(pins, "utf8"))).slice(0, keyDigits));
  if (await isThere(folder)) {
    await utimes(folder, new Date(), new Date()).catch(() => undefined);
    return folder;
  }
  onProgress?.(`locks: installing what reads ${kind} locks, once`);
  await mkdir(all, { recursive: true });
  await tidyCache(all);
  const aside = await mkdtemp(`${folder}.`);
  try {
    await installPins(kind, pins, aside);
    // Another run may have been faster.
    await rename(aside, folder).catch(async (error: Error) => {
      if (!(await isThere(folder))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return folder;
}

async function installPins(kind: ForeignKind, pins: string, folder: string): Promise<void> {
  const only = ["--require-hashes", "--only-binary", ":all:", "--no-deps"];
  const words = ["install", "--quiet", ...only, "--target", folder, "--requirement", pins];
  const { exitCode, errors } = await runPip(defaultPip, words, folder, () => undefined);
  if (exitCode === 0) return;
  throw new SettingsError([
    lockFault(
      `a lock of ${kind}, whose reader could not be installed`,
      "a package index that this computer reaches, once",
      `mend the network or pip's index settings, or export requirements with hashes and name that file; pip said:\n${errors.trimEnd()}`,
    ),
  ]);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export interface ToolCall {
  /** Where it runs, which is its home as well. */
  folder: string;
  input?: string;
  environment?: Readonly<Record<string, string>>;
}

export interface ToolResult {
  /** null when it was ended by a signal. */
  exitCode: number | null;
  output: string;
  /** Without credentials. */
  errors: string;
}

const longestMilliseconds = 120_000;

/** Runs a program that sees of this user's variables only where programs are. It is ended after two minutes. */
export async function runTool(command: readonly string[], call: ToolCall): Promise<ToolResult> {
  const [program, ...words] = command;
  const { PATH = "" } = process.env;
  const child = spawn(program!, words, {
    cwd: call.folder,
    env: { PATH, HOME: call.folder, TMPDIR: call.folder, LC_ALL: "C.UTF-8", ...call.environment },
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  // What ends before it has read its input is told by its exit code.
  child.stdin.on("error", () => undefined).end(call.input ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), longestMilliseconds);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => clearTimeout(timer));
  return {
    exitCode,
    output: Buffer.concat(output).toString(),
    errors: withoutCredentials(Buffer.concat(errors).toString()).trimEnd(),
  };
}

/** A Python of its own: no package of this computer, no variable, no file of the folder that it runs in. */
export const isolatedPython = ["python3", "-I", "-S", "-B"] as const;
