import type { Environment } from "./engine";
import { Hosts, type HostAnswer } from "./hosts";
import { nameOf, taint } from "./stackState";

interface Reverted {
  reverted: boolean;
  release: string | null;
}

interface HostStatus {
  current: { key: string } | null;
}

/**
 * After a failed update: every host that had switched and was not confirmed goes back at once, instead of at the
 * end of its lease. The activations of all hosts that do not have what the engine's state says are marked, so that
 * the next preview is true and the next update switches them again.
 */
export async function goBack(stack: string, environment: Environment): Promise<void> {
  await Hosts.use(stack, environment, async (hosts) => {
    const answers = await hosts.ask<Reverted>(hosts.names, "revert", { why: "the update failed on another host or was interrupted" });
    answers.forEach(report);
    const statuses = await hosts.ask<HostStatus>(hosts.names, "status", {});
    const untrue = statuses.map(({ host, result }) => activationOf(hosts, host, result?.current?.key));
    taint(untrue.filter((urn) => urn !== undefined), stack, environment);
  });
}

function report({ host, result, complaint }: HostAnswer<Reverted>): void {
  if (result?.reverted) process.stderr.write(`portico: ${host} went back${result.release ? ` to ${result.release}` : ""}\n`);
  if (result === undefined) process.stderr.write(`portico: ${host} was not asked to go back (${complaint.trim()}); where it had switched, its lease ends that\n`);
}

/** The activation of a host, when what it activated is not what the host has. */
function activationOf(hosts: Hosts, host: string, key: string | undefined): string | undefined {
  const activation = hosts.resources.find((resource) => nameOf(resource) === `${host}-activate`);
  if (activation === undefined) return undefined;
  const recorded = JSON.parse(activation.inputs.stdin as string) as { staged: string };
  return recorded.staged === key ? undefined : activation.urn;
}
