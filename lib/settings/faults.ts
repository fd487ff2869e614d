/** One thing that is wrong with the settings of a stack. */
export interface Fault {
  /** Key below `portico:`, dotted. */
  key: string;
  value: unknown;
  /** What the value may be. */
  allowed: string;
  /** What to do about it. */
  remedy: string;
}

/** All faults of one reading together, so that a user mends them in one go. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super(describeFaults(faults));
    this.name = "SettingsError";
  }
}

function describeFaults(faults: readonly Fault[]): string {
  const lines = faults.map(
    ({ key, value, allowed, remedy }) => `  portico:${key}: got ${show(value)}; allowed: ${allowed}; ${remedy}`,
  );
  const count = faults.length === 1 ? "1 setting is wrong" : `${faults.length} settings are wrong`;
  return [`${count}, nothing was changed:`, ...lines, "All settings: docs/configuration.md"].join("\n");
}

const longestShown = 120;

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text =
    typeof value === "bigint" || typeof value === "symbol" ? value.toString() : (JSON.stringify(value) ?? typeof value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
