import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "../lib/bundle";
import type { HostFile } from "../lib/hostFile";
import type { Release } from "../lib/release";
import { AppServer } from "./appServer";
import { HostFiles } from "./hostFiles";
import { activateHost } from "./hostTransaction";
import type { Machine } from "./machine";
import type { PrivateAuthority } from "./privateAuthority";

export interface ServerFleetArgs {
  /** Application machines; the order is the order of activation. */
  machines: readonly Machine[];
  /** Rendered files of an application host, shown in previews. */
  files: readonly HostFile[];
  bundle: Bundle;
  release: Release;
  authority: PrivateAuthority;
  /** Secrets of the application by name. */
  secrets: Record<string, pulumi.Input<string>>;
}

/**
 * The application hosts of a stack. A release is staged on all of them at once and, when it was rehearsed
 * everywhere, activated on one after the other: a release that fails on one host in rehearsal has changed none.
 *
 * @example
 * new ServerFleet("web", { machines, files, bundle, release, authority, secrets });
 */
export class ServerFleet extends pulumi.ComponentResource {
  readonly servers: readonly AppServer[];
  /** Activation of each host, in order; what depends on them sees a fleet that serves. */
  readonly activations: readonly pulumi.Resource[];

  constructor(name: string, args: ServerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:ServerFleet", name, { release: args.release.id, hosts: args.machines.map((machine) => machine.name) }, opts);
    new HostFiles(`${name}-files`, { files: args.files }, { parent: this });
    this.servers = this.stageEverywhere(args);
    this.activations = this.activateInTurn(args.bundle);
    this.registerOutputs({ release: args.release.id });
  }

  private stageEverywhere({ machines, bundle, release, authority, secrets }: ServerFleetArgs): AppServer[] {
    return machines.map((machine) => new AppServer(machine.name, { machine, bundle, release, authority, secrets }, { parent: this }));
  }

  private activateInTurn(bundle: Bundle): pulumi.Resource[] {
    const allStaged = this.servers.map((server) => server.staged);
    const activations: pulumi.Resource[] = [];
    for (const { host, staged } of this.servers) {
      activations.push(activateHost(host, bundle, staged, [...allStaged, ...activations.slice(-1)]));
    }
    return activations;
  }
}
