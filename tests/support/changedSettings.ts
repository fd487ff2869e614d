/** Settings by group with one changed, by its key: `[]` is the first of a list, `NAME` the machine web-1. */
export function changed(settings: Record<string, unknown>, changes: Record<string, unknown>): Record<string, unknown> {
  const copy = structuredClone(settings);
  for (const [key, value] of Object.entries(changes)) {
    const path = key
      .replaceAll("[]", ".0")
      .replaceAll(/\[(\d+)\]/g, ".$1")
      .split(".");
    let group = copy;
    for (const step of path.slice(0, -1)) {
      // Of a map that is there the trials change what is in it.
      const name = step === "NAME" ? Object.keys(group)[0]! : step;
      group = (group[name] ??= {}) as Record<string, unknown>;
    }
    group[path.at(-1)!] = structuredClone(value);
  }
  return copy;
}
