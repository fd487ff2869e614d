import * as pulumi from "@pulumi/pulumi";
import type { HostFile } from "../lib/hostFile";
import { AppServer, type AppServerArgs } from "./appServer";
import { HostFiles } from "./hostFiles";
import type { Machine } from "./machine";

export interface ServerFleetArgs extends Omit<AppServerArgs, "machine"> {
  /** Application machines. */
  machines: readonly Machine[];
  /** Rendered files of an application host, shown in previews. */
  files: readonly HostFile[];
}

/**
 * The application hosts of a stack. Constructing it stages the release on all of them at once: one that fails on a
 * single host has changed none. A `Rollout` makes them serve.
 *
 * @example
 * new ServerFleet("web", { machines, files, bundle, release, authority, secrets, author });
 */
export class ServerFleet extends pulumi.ComponentResource {
  readonly servers: readonly AppServer[];

  constructor(name: string, { machines, files, ...contents }: ServerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:ServerFleet", name, { release: contents.release.id, hosts: machines.map((machine) => machine.name) }, opts);
    new HostFiles(`${name}-files`, { files }, { parent: this });
    this.servers = machines.map((machine) => new AppServer(machine.name, { machine, ...contents }, { parent: this }));
    this.registerOutputs({ release: contents.release.id });
  }
}
