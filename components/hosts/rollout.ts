import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { AppServer } from "./appServer";
import type { Balancer } from "./balancer";
import { activateHost, confirmHost, migrateOnce, type StagedHost, type VisitPaths } from "./hostTransaction";

export interface RolloutArgs {
  /** Application hosts with a staged release, in groups that switch together; a group waits for the one before. */
  batches: readonly (readonly AppServer[])[];
  balancer: Balancer;
  /** Whether the release brings a migration, which runs once, before the first switch. */
  migrates: boolean;
  /** What is requested as a visitor does before anything is confirmed. */
  visit: VisitPaths;
  /** How long a switched host waits for its confirmation before it goes back by itself. */
  leaseSeconds: number;
}

/**
 * Makes serve what was staged on all hosts, as one act: once the balancer can check, one migration, then batch after
 * batch, each checked from the balancer, then the balancer itself, then a visitor's request. Only then is every host
 * confirmed, the balancer first. Whatever ends the rollout before, a host that fails, a killed engine, a lost network,
 * the hosts that had switched go back.
 *
 * @example
 * new Rollout("rollout", { batches: planBatches(fleet.servers, 1), balancer, migrates: false, visit: { ready: "/readyz", home: "/" }, leaseSeconds: 300 });
 */
export class Rollout extends pulumi.ComponentResource {
  /** Resolves when every host was confirmed: the release serves everywhere and for good. */
  readonly served: pulumi.Output<true>;
  /** Gate of each application machine, by its name: behind it the machine gets requests. */
  readonly inService: ReadonlyMap<string, pulumi.Resource>;

  constructor(name: string, args: RolloutArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "portico:components:Rollout",
      name,
      {
        batches: args.batches.map((batch) => batch.map(({ host }) => host.machine.name)),
        leaseSeconds: args.leaseSeconds,
      },
      opts,
    );
    const servers = args.batches.flat();
    const hosts = [...servers, ...args.balancer.hosts];
    const staged = hosts.map((host) => host.staged);
    // A balancer that is still being made would use up the leases of hosts that wait for its verdict.
    const before = [...staged, ...args.balancer.ready];
    const migrated = args.migrates && servers[0] ? [migrateOnce(servers[0], before, this)] : [];
    const prepared = args.balancer.prepare(before, this);
    const { activations, gates, inService } = this.switchInBatches(args, orElse([...migrated, ...prepared], before));
    const balanced = args.balancer.hosts.map((host) =>
      activateHost(host, { leaseSeconds: args.leaseSeconds, dependsOn: [...gates, ...staged] }, this),
    );
    const switches = [...activations, ...balanced];
    const visited = args.balancer.visit(args.visit, switches, gates, this);
    const confirmations = this.confirm(hosts, switches, args.balancer.known, orElse(visited, [...switches, ...gates]));
    this.served = pulumi.all(confirmations.map(({ id }) => id)).apply(() => true as const);
    this.inService = inService;
    this.registerOutputs({});
  }

  /** The balancer first: from its confirmation on an application host answers none that cannot show its certificate. */
  private confirm(
    hosts: readonly StagedHost[],
    switches: remote.Command[],
    balancer: StagedHost | undefined,
    before: pulumi.Resource[],
  ): remote.Command[] {
    const confirm = (host: StagedHost, after: pulumi.Resource[]) =>
      confirmHost(host, switches[hosts.indexOf(host)]!, after, this);
    if (balancer === undefined) return hosts.map((host) => confirm(host, before));
    const first = confirm(balancer, before);
    return hosts.map((host) => (host === balancer ? first : confirm(host, [first])));
  }

  private switchInBatches({ batches, balancer, leaseSeconds }: RolloutArgs, before: pulumi.Resource[]) {
    const activations: ReturnType<typeof activateHost>[] = [];
    const inService = new Map<string, pulumi.Resource>();
    let gates: pulumi.Resource[] = [];
    for (const batch of batches) {
      const dependsOn = orElse(gates, before);
      const switched = batch.map((server) => activateHost(server, { leaseSeconds, dependsOn }, this));
      gates = balancer.gate(
        batch.map(({ host }) => host.machine),
        switched,
        this,
      );
      batch.forEach(({ host }, index) => inService.set(host.machine.name, gates[index] ?? gates[0]!));
      activations.push(...switched);
    }
    return { activations, gates, inService };
  }
}

/**
 * What is waited for: the steps right before, which have waited for all that came before them, or where there are none, that. Naming
 * all of it would make each host depend on each other one: the engine's state would grow with the square of the hosts.
 */
function orElse(steps: pulumi.Resource[], before: pulumi.Resource[]): pulumi.Resource[] {
  return steps.length > 0 ? steps : before;
}
