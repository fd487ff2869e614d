import { run, type Run, type RunOptions } from "../../tests/support/run";
import { interruption } from "./interruption";

/** Runs a command to its end; raises what it printed where its exit code is not 0. */
export async function demand(command: string[], options: RunOptions = {}): Promise<Run> {
  const abort = interruption();
  if (abort?.aborted) throw new Error("interrupted");
  const done = await run(command, { ...options, env: options.env ?? cleanEnvironment(), abort });
  if (abort?.aborted) throw new Error("interrupted");
  if (done.code === 0) return done;
  const how = done.signal === null ? `exit code ${done.code}` : `signal ${done.signal}`;
  throw new Error(`${command.join(" ").slice(0, 200)}: got ${how}; allowed: exit code 0\n${done.output.slice(-4000)}`);
}

/** Without what a stack chosen by hand exported: the stacks of the bench have their own. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(PULUMI_|PORTICO_STATE_DIR$)/.test(key)));
}
