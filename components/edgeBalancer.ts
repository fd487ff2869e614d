import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "../lib/bundle";
import type { HostFile } from "../lib/hostFile";
import { HostFiles } from "./hostFiles";
import { activateHost, stageHost } from "./hostTransaction";
import type { Machine } from "./machine";
import type { PrivateAuthority } from "./privateAuthority";
import { RemoteHost } from "./remoteHost";
import type { ServerFleet } from "./serverFleet";
import { tlsFiles } from "./tlsFiles";

export interface EdgeBalancerArgs {
  machine: Machine;
  /** Rendered files of the balancer, shown in previews. */
  files: readonly HostFile[];
  bundle: Bundle;
  /** Names in the public certificate. */
  domains: readonly string[];
  /** Signs the public certificate, and those of the hosts, which the balancer verifies. */
  authority: PrivateAuthority;
  /** The hosts behind it; they serve before the balancer sends them anything. */
  fleet: ServerFleet;
}

/**
 * A balancer made of Nginx on a machine: ends TLS, spreads requests over the fleet, and asks another host
 * when a request that may be repeated failed.
 *
 * @example
 * new EdgeBalancer("balancer", { machine, files, bundle, domains, authority, fleet });
 */
export class EdgeBalancer extends pulumi.ComponentResource {
  /** Address of the site, by the balancer's own address. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: EdgeBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:EdgeBalancer", name, { bundle: args.bundle.name, domains: [...args.domains] }, opts);
    new HostFiles(`${name}-files`, { files: args.files }, { parent: this });
    const host = new RemoteHost(name, { machine: args.machine }, { parent: this });
    const certificate = args.authority.issue(name, { dnsNames: [...args.domains], ipAddresses: [args.machine.address] });
    const staged = stageHost(host, { bundle: args.bundle, secretFiles: tlsFiles(certificate, args.authority.certificate), secrets: {} });
    const activated = activateHost(host, args.bundle, staged, [...args.fleet.activations]);
    this.url = pulumi.all([args.machine.address, activated.id]).apply(([address]) => `https://${address}`);
    this.registerOutputs({ url: this.url });
  }
}
