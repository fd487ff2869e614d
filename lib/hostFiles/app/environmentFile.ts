const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Lines of a systemd EnvironmentFile= that give each variable exactly its value, sorted by name.
 *
 * systemd takes a value between double quotes literally but for the backslash, which protects ", \, $ and `
 * (man 5 systemd.exec; src/basic/env-file.c). Quoted, blanks at the ends, #, ; and line breaks are plain text.
 * What systemd drops with a mere warning is refused: a zero byte, half a surrogate pair (no UTF-8), and
 * names that are none.
 *
 * @throws Error for a name or value that cannot be represented; the value itself is not shown
 */
export function environmentLines(variables: Readonly<Record<string, string>>): string {
  return Object.keys(variables)
    .sort()
    .map((name) => `${checkedName(name)}="${escaped(name, variables[name]!)}"`)
    .join("\n");
}

function checkedName(name: string): string {
  if (!variableName.test(name)) {
    throw new Error(
      `app.environment: got the name ${JSON.stringify(name)}; allowed: letters, digits and underscore, no digit first; rename it`,
    );
  }
  return name;
}

function escaped(name: string, value: string): string {
  if (value.includes("\0") || loneSurrogate.test(value)) {
    throw new Error(
      `app.environment.${name}: got a value with a zero byte or half a character; allowed: any other text; write it in another form`,
    );
  }
  return value.replace(/["\\$`]/g, "\\$&");
}
