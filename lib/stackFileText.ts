/**
 * The text of a stack file with another value in the line of one setting; comments and all other lines stay as they are.
 * Undefined where the setting has no line of its own.
 *
 * @param path keys from the top, as `["config", "portico:aws", "region"]`
 */
export function replaceSetting(text: string, path: readonly string[], value: string): string | undefined {
  const lines = text.split("\n");
  const index = findLine(lines, path);
  const found = index === undefined ? null : /^(\s*[^:\s]+(?::[^:\s]+)?:\s+)(["']?)([^\s"'#]+)\2(\s*(?:#.*)?\r?)$/.exec(lines[index]!);
  if (found === null) return undefined;
  const [, key, quote, , rest] = found;
  return lines.with(index!, `${key}${quote}${value}${quote}${rest}`).join("\n");
}

/** Follows the path by indentation, which block style is made of. */
function findLine(lines: readonly string[], path: readonly string[]): number | undefined {
  const open: { indentation: number; key: string }[] = [];
  for (const [index, line] of lines.entries()) {
    const [, spaces, key] = /^(\s*)("[^"]+"|'[^']+'|[^\s#:-][^\s#]*?):(?:\s|$)/.exec(line) ?? [];
    if (spaces === undefined || key === undefined) continue;
    while (open.length > 0 && open.at(-1)!.indentation >= spaces.length) open.pop();
    open.push({ indentation: spaces.length, key: key.replace(/^(["'])(.*)\1$/, "$2") });
    if (open.length === path.length && open.every((entry, depth) => entry.key === path[depth])) return index;
  }
  return undefined;
}
