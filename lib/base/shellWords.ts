/** Characters that mean nothing to a POSIX shell. */
const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word for a POSIX shell, quoted only when it must be. */
export function shellWord(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line of literal words: nothing in it is expanded. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
