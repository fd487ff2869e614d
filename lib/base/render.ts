const hole = /@([a-z][A-Za-z0-9]*)@/g;

export type HoleValues = Readonly<Record<string, string | number>>;

/**
 * Fills the holes `@camelCase@` of a template. Holes and values must match exactly.
 *
 * A value of several lines takes over the indentation of its hole; a line that holds nothing but a hole whose
 * value is empty disappears. Values are not looked at again: an `@name@` in a value stays.
 *
 * @param file name of the template in errors
 * @throws Error when a hole has no value or a value has no hole
 */
export function render(template: string, values: HoleValues, file = "template"): string {
  const holes = new Set(Array.from(template.matchAll(hole), ([, name]) => name!));
  const missing = [...holes].filter((name) => !Object.hasOwn(values, name));
  const unused = Object.keys(values).filter((name) => !holes.has(name));
  if (missing.length > 0)
    throw new Error(
      `${file}: got no value for ${quoted(missing)}; allowed: a value for each hole; pass one or remove the hole`,
    );
  if (unused.length > 0)
    throw new Error(
      `${file}: got a value for ${quoted(unused)}; allowed: values for its holes only; add the hole or drop the value`,
    );
  return template
    .split("\n")
    .flatMap((line) => renderLine(line, values))
    .join("\n");
}

function renderLine(line: string, values: HoleValues): string[] {
  const alone = /^(\s*)@([a-z][A-Za-z0-9]*)@$/.exec(line);
  if (alone === null) return [line.replace(hole, (_, name: string) => String(values[name]))];
  const [, indentation, name] = alone;
  const value = String(values[name!]);
  return value === "" ? [] : value.split("\n").map((part) => indentation + part);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `@${name}@`).join(", ");
}
