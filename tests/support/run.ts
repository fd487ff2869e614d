import { spawn } from "node:child_process";

export interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Standard output and standard error as they came. */
  output: string;
  stdout: string;
  seconds: number;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  /** Leaves standard input open, for a program that ends when it does. */
  keepInput?: boolean;
  /** Interrupts the command, as Ctrl-C does. */
  abort?: AbortSignal;
  /** Called with all that was printed so far. */
  onOutput?: (output: string, interrupt: (signal: NodeJS.Signals) => void) => void;
}

/** Runs a command to its end, in a process group of its own, and answers what it printed; it never throws for an exit code. */
export function run(
  command: string[],
  { cwd, env, input, keepInput = false, abort, onOutput }: RunOptions = {},
): Promise<Run> {
  const started = Date.now();
  const [program, ...args] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: env ?? process.env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const interrupt = (signal: NodeJS.Signals) => process.kill(-child.pid!, signal);
    const end = () => interrupt("SIGINT");
    abort?.addEventListener("abort", end);
    child.on("close", () => abort?.removeEventListener("abort", end));
    let output = "";
    let stdout = "";
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      onOutput?.(output, interrupt);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      take(chunk);
    });
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ code, signal, output, stdout, seconds: (Date.now() - started) / 1000 }),
    );
    // A command that does not read its input ends the pipe; its exit code tells the rest.
    child.stdin.on("error", () => undefined);
    if (!keepInput) child.stdin.end(input ?? "");
  });
}
