import { execFileSync, spawn } from "node:child_process";

export type Environment = Record<string, string>;

/** The environment that `bin/env` documents, on top of ours. */
export function stackEnvironment(stack: string): Environment {
  const script = 'set -e; lines=$(bin/env "$1"); eval "$lines"; exec env -0';
  const printed = execFileSync("bash", ["-c", script, "bash", stack], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const pairs = printed.split("\0").filter((pair) => pair.includes("="));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/**
 * Runs the engine in the foreground and answers its exit code. An interrupt from the terminal reaches the
 * engine too, which then ends in order; we wait for it.
 */
export function runEngine(args: string[], environment: Environment): Promise<number> {
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { env: environment, stdio: ["ignore", "inherit", "inherit"] });
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGTERM", pass);
    child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? new Error("no engine found: run bin/setup") : error));
    child.on("close", (code, signal) => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", pass);
      if (signal !== null) process.stderr.write(`the engine was ended by ${signal}\n`);
      resolve(code ?? 1);
    });
  });
}

/** Runs the engine and answers what it prints; its complaints go to the terminal. */
export function askEngine(args: string[], environment: Environment): string {
  return execFileSync("pulumi", args, { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 256 * 1024 * 1024 });
}
