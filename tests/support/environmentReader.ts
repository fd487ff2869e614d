/**
 * Reads a file as systemd reads EnvironmentFile= (man 5 systemd.exec; states of src/basic/env-file.c), for files
 * without continued comments. It knows no variables: $ stands for itself.
 */
export function readEnvironmentFile(content: string): Record<string, string> {
  const values: Record<string, string> = {};
  let rest = content;
  while (rest !== "") {
    const line = /^[ \t]*(?:[#;][^\n]*)?\n/.exec(rest);
    if (line !== null) {
      rest = rest.slice(line[0].length);
      continue;
    }
    const name = /^([^=\n]+)=/.exec(rest);
    if (name === null) throw new Error(`no assignment: ${rest.slice(0, 40)}`);
    const { value, length } = readValue(rest.slice(name[0].length));
    values[name[1]!.trim()] = value;
    rest = rest.slice(name[0].length + length);
  }
  return values;
}

/** A value up to the end of its line: pieces between single or double quotes, and bare ones. */
function readValue(text: string): { value: string; length: number } {
  let value = "";
  let position = 0;
  while (position < text.length && !"\n\r".includes(text[position]!)) {
    const sign = text[position++]!;
    if (sign === '"') {
      while (text[position] !== '"') {
        if (position >= text.length) throw new Error("a double quote is not closed");
        const inside = text[position++]!;
        if (inside !== "\\") value += inside;
        else if ('"\\`$'.includes(text[position]!)) value += text[position++];
        else if (text[position] === "\n") position++;
        else value += "\\" + text[position++];
      }
      position++;
    } else if (sign === "'") {
      const end = text.indexOf("'", position);
      value += text.slice(position, end);
      position = end + 1;
    } else if (sign === "\\") value += text[position++];
    else if (!/\s/.test(sign)) value += sign;
  }
  return { value, length: position + 1 };
}
