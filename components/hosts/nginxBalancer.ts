import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentAuthor } from "../../lib/stack/author";
import type { Bundle } from "../../lib/bundle";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import type { Balancer } from "./balancer";
import { HostFiles } from "./hostFiles";
import { gateHosts, stageHost, trustAuthority, visitSite, type StagedHost, type VisitPaths } from "./hostTransaction";
import type { Machine } from "./machine";
import type { PrivateAuthority } from "../certificates/privateAuthority";
import { RemoteHost } from "./remoteHost";
import { siteCertificateFiles, siteUrl, type SiteIdentity } from "../certificates/siteCertificate";
import { authorityFile, clientFile } from "../certificates/tlsFiles";

export interface NginxBalancerArgs {
  machine: Machine;
  site: SiteIdentity;
  /** Rendered files of the balancer, shown in previews. */
  files: readonly HostFile[];
  bundle: Bundle;
  /** Signs those certificates of the hosts which the balancer verifies, and that of the site where no other is. */
  authority: PrivateAuthority;
  /** Who deploys, for the host's history. */
  author: pulumi.Input<DeploymentAuthor>;
}

/**
 * A balancer made of Nginx on a machine: ends TLS, spreads requests over the fleet, and retries
 * on another host a failed request that may be repeated. Constructing it stages its files; a `Rollout` makes them serve.
 *
 * @example
 * new NginxBalancer("balancer", { machine, site, files, bundle, authority, author });
 */
export class NginxBalancer extends pulumi.ComponentResource implements StagedHost, Balancer {
  readonly host: RemoteHost;
  readonly bundle: Bundle;
  readonly staged: remote.Command;
  readonly hosts: readonly StagedHost[] = [this];
  readonly known: StagedHost = this;
  readonly ready: readonly pulumi.Resource[] = [];
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: NginxBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:EdgeBalancer", name, { bundle: args.bundle.name, domains: [...args.site.domains] }, opts);
    new HostFiles(`${name}-files`, { files: args.files }, { parent: this });
    this.bundle = args.bundle;
    this.url = siteUrl(args.site, args.machine);
    this.host = new RemoteHost(name, { machine: args.machine }, { parent: this });
    const secretFiles = [
      ...siteCertificateFiles(name, args.site, args.authority, args.machine),
      clientFile(name, args.authority),
      authorityFile(args.authority.certificates),
    ];
    this.staged = stageHost(this.host, { bundle: args.bundle, secretFiles, secrets: {}, author: args.author });
    this.registerOutputs({ address: args.machine.address });
  }

  prepare(before: pulumi.Resource[], parent: pulumi.Resource): pulumi.Resource[] {
    return [trustAuthority(this, before, parent)];
  }

  /** Checks the hosts of a batch from here, when all of `switched` are done. */
  gate(machines: readonly Machine[], switched: remote.Command[], parent: pulumi.Resource): pulumi.Resource[] {
    return [gateHosts(this, machines, switched, parent)];
  }

  visit(
    paths: VisitPaths,
    switched: remote.Command[],
    gates: pulumi.Resource[],
    parent: pulumi.Resource,
  ): pulumi.Resource[] {
    return [visitSite(this, paths, switched, gates, parent)];
  }
}
