/** One line of progress on standard error; results alone go to standard output. */
export function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
