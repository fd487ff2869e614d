import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { StagedHost, VisitPaths } from "./hostTransaction";
import type { Machine } from "./machine";

/** What spreads requests over the application hosts: as much of it as a rollout and the stack's outputs need. */
export interface Balancer {
  /** Hosts that balance and nothing else: they switch after the application hosts. None where a service balances. */
  readonly hosts: readonly StagedHost[];
  /**
   * The host by whose certificate application hosts know the balancer, also where it is one of them: they demand it at
   * their confirmation, which comes after its own. Absent where a service balances.
   */
  readonly known?: StagedHost;
  /** Address of the site for a browser. */
  readonly url: pulumi.Input<string>;
  /** What `gate` needs besides the hosts: no host switches before it is there. None where hosts balance. */
  readonly ready: readonly pulumi.Resource[];
  /** Makes the balancer ready for hosts that switch, once `before` is done; what comes back has to be over before the first of them. */
  prepare(before: pulumi.Resource[], parent: pulumi.Resource): pulumi.Resource[];
  /** Brings the application hosts of a batch into service and checks them as clients see them, when all of `switched` are done: what to wait for, of each. */
  gate(machines: readonly Machine[], switched: remote.Command[], parent: pulumi.Resource): pulumi.Resource[];
  /** Requests the site as a visitor does, when `switched` and `gates` are done; nothing is confirmed before. Empty where only the deployer can. */
  visit(
    paths: VisitPaths,
    switched: remote.Command[],
    gates: pulumi.Resource[],
    parent: pulumi.Resource,
  ): pulumi.Resource[];
}
