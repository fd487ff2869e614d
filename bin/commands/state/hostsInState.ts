import type { SshConnection } from "../../../lib/base/ssh";
import type { HostCommands } from "../../../lib/hosts/protocol";
import { byName, hostOfStep, stepName, type HostStep } from "../../../lib/stack/resourceNames";
import { nameOf, type StateResource } from "./stackState";

type Gate = HostCommands["gate"]["input"];

/**
 * What the engine's state holds of a stack's hosts. It is there from the first host that was made on, and true after an update that failed
 * half way, which outputs of the stack are not: the engine writes those when an update has ended well (docs/adr/0022).
 */
export class HostsInState {
  /** How each host is reached. */
  readonly connections: ReadonlyMap<string, SshConnection>;

  constructor(readonly resources: readonly StateResource[]) {
    this.connections = connectionsOf(resources);
  }

  /** In the order in which people count. */
  get names(): string[] {
    return [...this.connections.keys()].sort(byName);
  }

  /** Names of the hosts that carry the application, in the order of their names. */
  get applicationHosts(): string[] {
    const released = this.resources.filter(({ type }) => type === "command:remote:CopyToRemote").map(nameOf);
    return this.names.filter((name) => released.includes(stepName(name, "release")));
  }

  /** The host that spreads requests over the others: whose gates they pass, each batch by the name of its first. None where a service of a cloud does. */
  get balancer(): string | undefined {
    const { names, applicationHosts } = this;
    return names.find((name) => applicationHosts.some((host) => this.step(name, `gate-${host}`)));
  }

  /** The state that the engine activated last on a host, as `stage` named it. */
  activatedOn(host: string): string | undefined {
    const input = this.step(host, "activate")?.inputs.stdin;
    return typeof input === "string" ? (JSON.parse(input) as { staged: string }).staged : undefined;
  }

  /** The input of the gate that a host passed, for this host alone. Of several, as updates without some hosts leave them, one that the balancer knows now. */
  gateOf(host: string): Gate | undefined {
    const { balancer } = this;
    if (balancer === undefined) return undefined;
    const inputs = this.applicationHosts.map((first) => this.step(balancer, `gate-${first}`)?.inputs.stdin);
    const gates = inputs
      .filter((input) => typeof input === "string")
      .map((input) => JSON.parse(input) as Gate)
      .map((gate) => ({ ...gate, hosts: gate.hosts.filter(({ name }) => name === host) }))
      .filter(({ hosts }) => hosts.length > 0);
    return gates.find(({ staged }) => staged === this.activatedOn(balancer)) ?? gates[0];
  }

  /** The command that is a step of a host. */
  step(host: string, step: HostStep): StateResource | undefined {
    const name = stepName(host, step);
    return this.resources.find((resource) => resource.type === command && nameOf(resource) === name);
  }

  urnsOf(names: readonly string[]): string[] {
    return this.resources.filter((resource) => names.includes(nameOf(resource))).map(({ urn }) => urn);
  }
}

/** Throws for a stack that has none of the hosts that a command is for. */
export function requireSome(hosts: readonly string[], what: "hosts" | "application hosts", stack: string): void {
  if (hosts.length === 0)
    throw new Error(`stack: got ${stack}, which has no ${what}; allowed: a stack that is up; run bin/up ${stack}`);
}

const command = "command:remote:Command";

/** Every host has one resource that waits until it can be configured; its inputs say how to reach it. */
function connectionsOf(resources: readonly StateResource[]): Map<string, SshConnection> {
  return new Map(
    resources
      .filter(({ type }) => type === command)
      .flatMap((resource) => {
        const host = hostOfStep(nameOf(resource), "ready");
        return host === undefined ? [] : [[host, resource.inputs.connection as SshConnection]];
      }),
  );
}
