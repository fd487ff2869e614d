import { hostOfStep } from "../stack/resourceNames";
import { SettingsError } from "../settings";

/** Names the hosts that an update leaves as they are; `bin/up --without` sets it. */
export const leftOutVariable = "PORTICO_WITHOUT";

/** The hosts that this update does not touch. */
export function readLeftOut(environment: NodeJS.ProcessEnv = process.env): string[] {
  return (environment[leftOutVariable] ?? "").split(",").filter((name) => name !== "");
}

/** The hosts of a list that take part. */
export function takePart<Host extends { name: string }>(hosts: readonly Host[], leftOut: readonly string[]): Host[] {
  return hosts.filter(({ name }) => !leftOut.includes(name));
}

/**
 * Throws a SettingsError where the authority is to change without some hosts: those would be a generation behind, and the
 * next change would shut them out.
 */
export function checkLeftOut(leftOut: string[], previous: unknown, generation: number): string[] {
  if (leftOut.length === 0 || previous === undefined || previous === generation) return leftOut;
  throw new SettingsError([
    {
      key: "authority.generation",
      value: generation,
      allowed: `${JSON.stringify(previous)} in an update without ${leftOut.join(", ")}`,
      remedy: "change it in an update of all hosts",
    },
  ]);
}

/** What a resource belongs to: the host of whose name its own begins, or which the balancer checks by it. */
export function ownerOf(resource: string, hosts: readonly string[]): string | undefined {
  const checked = hosts.find((host) => hosts.includes(hostOfStep(resource, `gate-${host}`) ?? ""));
  const name = checked ?? resource;
  const owners = hosts.filter((host) => name === host || name.startsWith(`${host}-`));
  return owners.sort((left, right) => right.length - left.length)[0];
}
