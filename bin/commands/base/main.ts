import { tmpdir } from "node:os";

/** Words that a command does not take: exit code 2. */
export class UsageError extends Error {}

/** Runs a command to its exit code; an error is one clear message on standard error. */
export function runMain(command: (args: string[]) => number | Promise<number>): void {
  const fail = (error: Error) => {
    process.stderr.write(`portico: ${describeError(error)}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  };
  Promise.resolve(process.argv.slice(2))
    .then(command)
    .then((code) => process.exit(code), fail);
}

/** What a person reads of an error; a full disk here is one of few that the system names without a place. */
export function describeError(error: Error & { code?: string }): string {
  if (error.code !== "ENOSPC" && error.code !== "EDQUOT") return error.message;
  return `disk of this computer: got no space left; allowed: room for the state folder and for ${tmpdir()}; free some space and run the command again`;
}
