import { currentAuthor } from "../../../lib/stack/author";
import type { Hosts } from "../hosts/hosts";

/** Starts the release that a host serves in a fresh slot, and has the balancer check the host. Answers what failed. */
export async function restartHost(hosts: Hosts, host: string, why?: string): Promise<string | undefined> {
  const [answer] = await hosts.call([host], "restart", { who: currentAuthor().who, ...(why !== undefined && { why }) });
  const { result, unknown, complaint } = answer!;
  if (unknown) return "its host program has no such command yet; an update with a change brings one that has";
  if (result === undefined) return complaint.trim();
  process.stdout.write(`portico: ${host} serves ${result.release} in slot ${result.slot}\n`);
  return check(hosts, host);
}

/** By the gate that its last update passed. Where a service of a cloud balances, the host's own checks are the gate. */
async function check(hosts: Hosts, host: string): Promise<string | undefined> {
  const gate = hosts.gateOf(host);
  if (gate === undefined) return undefined;
  const [answer] = await hosts.call([hosts.balancer!], "gate", gate);
  return answer!.result === undefined ? answer!.complaint.trim() : undefined;
}
