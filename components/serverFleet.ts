import * as pulumi from "@pulumi/pulumi";
import { contentsOf, type RoleContents } from "../lib/roles";
import { AppServer, type AppServerArgs } from "./appServer";
import { HostFiles } from "./hostFiles";
import type { Machine } from "./machine";

export interface ServerFleetArgs extends Omit<AppServerArgs, "machine" | "bundle"> {
  /** Application machines. */
  machines: readonly Machine[];
  /** Files and bundles of the stack's hosts; previews show the files. */
  contents: readonly RoleContents[];
}

/**
 * The application hosts of a stack. Constructing it stages the release on all of them at once: one that fails on a
 * single host has changed none. A `Rollout` makes them serve.
 *
 * @example
 * new ServerFleet("web", { machines, contents, release, authority, secrets, author });
 */
export class ServerFleet extends pulumi.ComponentResource {
  readonly servers: readonly AppServer[];

  constructor(name: string, { machines, contents, ...args }: ServerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:ServerFleet", name, { release: args.release.id, hosts: machines.map((machine) => machine.name) }, opts);
    const inUse = new Set(machines.map((machine) => contentsOf(contents, machine.name)));
    for (const group of inUse) new HostFiles(`${group.name}-files`, group, { parent: this });
    this.servers = machines.map((machine) => new AppServer(machine.name, { machine, bundle: contentsOf(contents, machine.name).bundle, ...args }, { parent: this }));
    this.registerOutputs({ release: args.release.id });
  }
}
