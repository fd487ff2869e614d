import * as pulumi from "@pulumi/pulumi";
import { contentsOf, type RoleContents } from "../../lib/hosts/contents";
import { AppServer, type AppServerArgs } from "./appServer";
import { HostFiles } from "./hostFiles";
import type { Machine } from "./machine";
import type { WheelTarget } from "../../lib/release/python/platformTags";
import type { SiteIdentity } from "../certificates/siteCertificate";

export interface ServerFleetArgs extends Omit<AppServerArgs, "machine" | "bundle" | "target" | "site"> {
  /** Application machines. */
  machines: readonly Machine[];
  /** Files and bundles of the stack's hosts; previews show the files. */
  contents: readonly RoleContents[];
  /** What each of the machines runs, by its name. */
  targets: ReadonlyMap<string, WheelTarget>;
  /** How clients know the site, for a host among them that faces the clients as well. */
  site: SiteIdentity;
}

/**
 * The application hosts of a stack. Constructing it stages the release on all of them at once: one that fails on a
 * single host has changed none. A `Rollout` makes them serve.
 *
 * @example
 * new ServerFleet("web", { machines, contents, targets, site: settings.site, release, authority, secrets, author });
 */
export class ServerFleet extends pulumi.ComponentResource {
  readonly servers: readonly AppServer[];

  constructor(
    name: string,
    { machines, contents, targets, site, ...args }: ServerFleetArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(
      "portico:components:ServerFleet",
      name,
      { release: args.release.id, hosts: machines.map((machine) => machine.name) },
      opts,
    );
    const inUse = new Set(machines.map((machine) => contentsOf(contents, machine.name)));
    for (const group of inUse) new HostFiles(`${group.name}-files`, group, { parent: this });
    this.servers = machines.map((machine) => {
      const { roles, bundle } = contentsOf(contents, machine.name);
      return new AppServer(
        machine.name,
        { machine, bundle, target: targets.get(machine.name)!, ...args, ...(roles.includes("balancer") && { site }) },
        { parent: this },
      );
    });
    this.registerOutputs({ release: args.release.id });
  }
}
