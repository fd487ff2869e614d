import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { identify } from "./processes";

export type Environment = Record<string, string>;

/** A state of many machines, in bytes. */
const largestAnswer = 256 * 1024 * 1024;

/** The environment that `bin/env` documents, on top of a given one. */
export function stackEnvironment(stack: string, environment: NodeJS.ProcessEnv = process.env): Environment {
  const script = 'set -e; lines=$(bin/env "$1"); eval "$lines"; exec env -0';
  const { status, stdout: printed } = spawnSync("bash", ["-c", script, "bash", stack], {
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  // What is wrong was said above.
  if (status !== 0)
    throw new Error(`stack: got ${stack}; allowed: one that bin/env finds in order; nothing was changed`);
  const pairs = printed.split("\0").filter((pair) => pair.includes("="));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

interface EngineRun {
  code: number;
  /** What it printed; empty where that went to the terminal. */
  output: string;
}

/** How long an engine that was told to end may wait for what it began, in milliseconds. */
const endingMilliseconds = 30_000;

/**
 * Runs the engine in the foreground and answers its exit code. An interrupt from the terminal reaches the
 * engine too, which then ends in order; we wait for it. `end` interrupts it, and kills it where it waits for a plugin that
 * cannot be interrupted.
 */
export async function runEngine(args: string[], environment: Environment, end?: AbortSignal): Promise<number> {
  return (await waitForEngine(args, environment, "inherit", end)).code;
}

/** The same, with what it prints kept back. */
export function runEngineSilently(args: string[], environment: Environment): Promise<EngineRun> {
  return waitForEngine(args, environment, "pipe");
}

/** Names, to the engine and all that it starts, the command that started it. */
export const starterVariable = "PORTICO_STARTED_BY";

/**
 * Words that run a program which does not outlive this command, however it ends: the kernel sees to it, where the computer has
 * a program for that. An engine left behind would wait for ever for somebody to read its event log, and hold the
 * stack's lock; a reader left behind waits for an engine.
 */
export function endingWithUs(
  program: string,
  args: readonly string[],
  { PATH = "" }: Environment,
): [program: string, words: string[]] {
  const setpriv = process.platform === "linux" ? programOnPath("setpriv", PATH) : undefined;
  return setpriv === undefined ? [program, [...args]] : [setpriv, ["--pdeathsig", "KILL", "--", program, ...args]];
}

function waitForEngine(
  args: string[],
  environment: Environment,
  output: "inherit" | "pipe",
  end?: AbortSignal,
): Promise<EngineRun> {
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    const [program, words] = endingWithUs("pulumi", args, environment);
    if (programOnPath("pulumi", environment.PATH ?? "") === undefined)
      return reject(new Error("no engine found: run bin/setup"));
    const child = spawn(program, words, {
      env: { ...withLoader(environment), [starterVariable]: identify(process.pid) },
      stdio: ["ignore", output, output],
    });
    let printed = "";
    const take = (chunk: Buffer) => (printed += chunk.toString());
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGTERM", pass);
    let killing: NodeJS.Timeout | undefined;
    end?.addEventListener("abort", () => {
      pass("SIGINT");
      killing = setTimeout(() => pass("SIGKILL"), endingMilliseconds);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(killing);
      process.off("SIGINT", ignore);
      process.off("SIGTERM", pass);
      if (signal !== null) process.stderr.write(`the engine was ended by ${signal}\n`);
      resolve({ code: code ?? 1, output: printed });
    });
  });
}

/** The program loads in half of the time by our own compiler, lib/base/typescript.js. */
function withLoader(environment: Environment): Environment {
  const loader = `--require ${JSON.stringify(path.resolve("lib/base/typescript.js"))}`;
  return { ...environment, NODE_OPTIONS: [environment.NODE_OPTIONS, loader].filter(Boolean).join(" ") };
}

/** Runs the engine and answers what it prints; its complaints go to the terminal. */
export function callEngine(args: string[], environment: Environment): string {
  return execFileSync("pulumi", args, {
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: largestAnswer,
  });
}

/** The same, while this command goes on. */
export async function callEngineAside(args: string[], environment: Environment): Promise<string> {
  const calling = promisify(execFile)("pulumi", args, { env: environment, maxBuffer: largestAnswer });
  calling.child.stderr?.pipe(process.stderr);
  return (await calling).stdout;
}

/** Where a shell would find a program; undefined when nowhere. */
export function programOnPath(name: string, folders: string): string | undefined {
  return folders
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
