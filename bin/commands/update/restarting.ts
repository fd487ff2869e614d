import { currentAuthor } from "../../../lib/stack/author";
import type { Hosts } from "../hosts/hosts";
import { requireSome } from "../state/hostsInState";

/** One host after another; the first that fails is the last that is touched. Answers the exit code. */
export async function restartAll(hosts: Hosts, stack: string, wanted: string | undefined): Promise<number> {
  const names = chosen(hosts, stack, wanted);
  const { balancer } = hosts;
  const silent = await hosts.findSilent([...new Set([...names, ...(balancer === undefined ? [] : [balancer])])]);
  silent.forEach(({ host, complaint }) => process.stderr.write(`portico: ${host} does not answer: ${complaint}\n`));
  const judged = silent.every(({ host }) => host !== balancer);
  if (!judged)
    process.stderr.write(`portico: ${balancer} checks no host now: each is judged by its own checks alone\n`);
  const present = names.filter((name) => silent.every(({ host }) => host !== name));
  for (const host of present) {
    process.stdout.write(`portico: restarting the application on ${host}\n`);
    const failure = await restartHost(hosts, host, { judged });
    if (failure !== undefined) throw new Error(`${host}: ${failure}\nportico: no other host was touched after it`);
  }
  if (present.length === 0) return 1;
  return silent.length === 0 ? 0 : 3;
}

function chosen({ applicationHosts }: Hosts, stack: string, wanted: string | undefined): readonly string[] {
  requireSome(applicationHosts, "application hosts", stack);
  if (wanted === undefined) return applicationHosts;
  if (applicationHosts.includes(wanted)) return [wanted];
  throw new Error(
    `--host: got ${wanted}; allowed: ${applicationHosts.join(", ")}; name an application host; nothing was changed`,
  );
}

interface Restart {
  why?: string;
  /** Whether the balancer answers, which checks the host afterwards; otherwise the host's own checks have to do. */
  judged?: boolean;
}

/** Starts the release that a host serves in a fresh slot, and has the balancer check the host. Answers what failed. */
export async function restartHost(
  hosts: Hosts,
  host: string,
  { why, judged = true }: Restart = {},
): Promise<string | undefined> {
  const [answer] = await hosts.call([host], "restart", { who: currentAuthor().who, ...(why !== undefined && { why }) });
  const { result, unknown, complaint } = answer!;
  if (unknown) return "its host program has no such command yet; an update with a change brings one that has";
  if (result === undefined) return complaint.trim();
  process.stdout.write(`portico: ${host} serves ${result.release} in slot ${result.slot}\n`);
  return judged ? checkByBalancer(hosts, host) : undefined;
}

/** By the gate that its last update passed. Where a service of a cloud balances, the host's own checks are the gate. */
export async function checkByBalancer(hosts: Hosts, host: string): Promise<string | undefined> {
  const gate = hosts.gateOf(host);
  if (gate === undefined) return undefined;
  const [answer] = await hosts.call([hosts.balancer!], "gate", gate);
  return answer!.result === undefined ? `${hosts.balancer!}, which checks it: ${answer!.complaint.trim()}` : undefined;
}
