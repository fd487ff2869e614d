import { SettingsError } from "./settings";

const key = "authority.generation";

/**
 * The authorities that exist and are believed while `current` signs: the one before, for hosts that have not switched or
 * went back, and the one after, so that a host of the next generation is believed before the balancer has heard of it.
 */
export function believedGenerations(current: number): number[] {
  return [current - 1, current, current + 1].filter((generation) => generation >= 1);
}

/** Name of what belongs to a generation; the first one has the plain name. */
export function generationName(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-${generation}`;
}

/** Throws a SettingsError for a step that the hosts, as the last update left them, would not believe. */
export function checkStep(former: unknown, current: number): void {
  if (typeof former !== "number" || believedGenerations(former).includes(current)) return;
  throw new SettingsError([
    {
      key,
      value: current,
      allowed: `${believedGenerations(former).join(", ")}: the hosts are at ${former}, and believe its neighbours only`,
      remedy: `set ${former + Math.sign(current - former)}, update, and go on from there`,
    },
  ]);
}
