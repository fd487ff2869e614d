/**
 * Reads a file as systemd reads EnvironmentFile= (man 5 systemd.exec; states of src/basic/env-file.c), for values
 * that are written in one piece. A dollar sign stands for itself: systemd expands nothing here.
 */
export function readEnvironmentFile(content: string): Record<string, string> {
  const values: Record<string, string> = {};
  let rest = content;
  while (rest !== "") {
    const skipped = /^[ \t]*(?:[#;][^\n]*)?\n/.exec(rest);
    const assignment =
      skipped ?? /^(?<name>[^=\n"']+)=(?<value>"(?:\\[^]|[^"\\])*"|'[^']*'|[^"'\s][^\n]*|)[ \t]*\n/.exec(rest);
    if (assignment === null) throw new Error(`no assignment: ${rest.slice(0, 40)}`);
    const { name, value } = assignment.groups ?? {};
    if (name !== undefined) values[name.trim()] = unquoted(value!);
    rest = rest.slice(assignment[0].length);
  }
  return values;
}

function unquoted(value: string): string {
  if (value.startsWith("'")) return value.slice(1, -1);
  if (!value.startsWith('"')) return value.trimEnd().replace(/\\([^])/g, "$1");
  // Between double quotes a backslash protects four signs, joins lines, and is itself before anything else.
  return value
    .slice(1, -1)
    .replace(/\\([^])/g, (pair, sign: string) => ('"\\`$'.includes(sign) ? sign : sign === "\n" ? "" : pair));
}
