/** Words that a command does not take: exit code 2. */
export class UsageError extends Error {}

/** Runs a command to its exit code; an error is one clear message on standard error. */
export function runMain(command: (args: string[]) => number | Promise<number>): void {
  const fail = (error: Error) => {
    process.stderr.write(`portico: ${error.message}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  };
  Promise.resolve(process.argv.slice(2))
    .then(command)
    .then((code) => process.exit(code), fail);
}
