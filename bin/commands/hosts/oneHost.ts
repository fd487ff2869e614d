import { requireSome } from "../state/hostsInState";
import type { Hosts } from "./hosts";

/** The application host that `wanted` names, or the first that lets us in. Throws where there is none. */
export async function chooseHost(
  hosts: Pick<Hosts, "applicationHosts" | "findSilent">,
  stack: string,
  wanted: string | undefined,
): Promise<string> {
  const { applicationHosts } = hosts;
  requireSome(applicationHosts, "application hosts", stack);
  if (wanted !== undefined && !applicationHosts.includes(wanted))
    throw new Error(`--host: got ${wanted}; allowed: ${applicationHosts.join(", ")}; name an application host`);
  const candidates = wanted === undefined ? applicationHosts : [wanted];
  const silent = await hosts.findSilent(candidates);
  const found = candidates.find((name) => silent.every(({ host }) => host !== name));
  if (found !== undefined) return found;
  const said = silent.map(({ host, complaint }) => `${host} does not answer: ${complaint.trim()}`);
  throw new Error([...said, "nothing was run"].join("\nportico: "));
}
