const loneSurrogate = /\p{Surrogate}/u;
const unwritable = /[\0\n\r]/;

/**
 * Words of a command line in a systemd unit, each exactly as given (man 5 systemd.service, "Command lines"):
 * quoted, with the backslash escaped, and % and $ doubled, as they stand for specifiers and variables.
 *
 * @throws Error for a word that a unit file cannot hold: a line break, a zero byte, half a surrogate pair
 */
export function unitWords(words: readonly string[]): string {
  return words.map(unitWord).join(" ");
}

function unitWord(word: string): string {
  if (unwritable.test(word) || loneSurrogate.test(word)) {
    throw new Error(
      `command: got ${JSON.stringify(word)}; allowed: words without line breaks, zero bytes and half characters; put it into a script`,
    );
  }
  return `"${word.replace(/[\\"]/g, "\\$&").replace(/[%$]/g, "$&$&")}"`;
}
