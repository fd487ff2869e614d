/** The name of a resource, the last part of its URN. */
export function nameOfUrn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** What is done on a host, or copied to it, by a resource of its own; `gate-web-1` is the gate that a balancer is for the batch that begins with web-1. */
export type HostStep =
  | "ready"
  | "admit"
  | "packages"
  | "bundle"
  | "release"
  | "wheels"
  | "stage"
  | "trust"
  | "migrate"
  | "activate"
  | "gate"
  | `gate-${string}`
  | "visit"
  | "confirm";

/** Name of the resource that is a step of a host: what the program declares, and what commands find again in the engine's state. */
export function stepName(host: string, step: HostStep): string {
  return `${host}-${step}`;
}

/** The host whose `step` has this name; undefined for another resource. */
export function hostOfStep(name: string, step: HostStep): string | undefined {
  const end = stepName("", step);
  return name.endsWith(end) ? name.slice(0, -end.length) : undefined;
}

/** Sorts names as people count: web-2 before web-10. */
export function byName(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}
