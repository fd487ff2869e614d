import { execFileSync, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";

export type Environment = Record<string, string>;

/** The environment that `bin/env` documents, on top of a given one. */
export function stackEnvironment(stack: string, environment: NodeJS.ProcessEnv = process.env): Environment {
  const script = 'set -e; lines=$(bin/env "$1"); eval "$lines"; exec env -0';
  const printed = execFileSync("bash", ["-c", script, "bash", stack], { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const pairs = printed.split("\0").filter((pair) => pair.includes("="));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

interface EngineRun {
  code: number;
  /** What it printed; empty where that went to the terminal. */
  output: string;
}

/**
 * Runs the engine in the foreground and answers its exit code. An interrupt from the terminal reaches the
 * engine too, which then ends in order; we wait for it.
 */
export async function runEngine(args: string[], environment: Environment): Promise<number> {
  return (await waitForEngine(args, environment, "inherit")).code;
}

/** The same, with what it prints kept back. */
export function runEngineSilently(args: string[], environment: Environment): Promise<EngineRun> {
  return waitForEngine(args, environment, "pipe");
}

function waitForEngine(args: string[], environment: Environment, output: "inherit" | "pipe"): Promise<EngineRun> {
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { env: environment, stdio: ["ignore", output, output] });
    let printed = "";
    const take = (chunk: Buffer) => (printed += chunk.toString());
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGTERM", pass);
    child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? new Error("no engine found: run bin/setup") : error));
    child.on("close", (code, signal) => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", pass);
      if (signal !== null) process.stderr.write(`the engine was ended by ${signal}\n`);
      resolve({ code: code ?? 1, output: printed });
    });
  });
}

/** Runs the engine and answers what it prints; its complaints go to the terminal. */
export function askEngine(args: string[], environment: Environment): string {
  return execFileSync("pulumi", args, { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 256 * 1024 * 1024 });
}

/** Where a shell would find a program; undefined when nowhere. */
export function programOnPath(name: string, folders: string): string | undefined {
  return folders.split(path.delimiter).map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
