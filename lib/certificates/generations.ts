import { SettingsError } from "../settings";

const key = "authority.generation";

/**
 * The authorities that exist and are trusted while `current` signs: the one before, for hosts that have not switched or
 * went back, and the one after, so that the balancer trusts a host of the next generation before its own update.
 */
export function trustedGenerations(current: number): number[] {
  return [current - 1, current, current + 1].filter((generation) => generation >= 1);
}

/** Name of what belongs to a generation; the first one has the plain name. */
export function generationName(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-${generation}`;
}

/** Throws a SettingsError for a step that the hosts, as the last update left them, would not trust. */
export function checkStep(previous: unknown, current: number): void {
  if (typeof previous !== "number" || trustedGenerations(previous).includes(current)) return;
  throw new SettingsError([
    {
      key,
      value: current,
      allowed: `${trustedGenerations(previous).join(", ")}: the hosts are at ${previous}, and trust its neighbours only`,
      remedy: `set ${previous + Math.sign(current - previous)}, update, and go on from there`,
    },
  ]);
}
