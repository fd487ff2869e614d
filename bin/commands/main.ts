/** Runs a command to its exit code; an error is one clear message on standard error. */
export function runMain(command: (args: string[]) => Promise<number>): void {
  command(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: Error) => {
      process.stderr.write(`portico: ${error.message}\n`);
      process.exit(1);
    },
  );
}
