import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentAuthor } from "../lib/author";
import type { Bundle } from "../lib/bundle";
import { webServerName } from "../lib/names";
import type { Release } from "../lib/release";
import { stageHost, type StagedHost } from "./hostTransaction";
import type { Machine } from "./machine";
import type { PrivateAuthority } from "./privateAuthority";
import { RemoteHost } from "./remoteHost";
import { tlsFiles } from "./tlsFiles";

export interface AppServerArgs {
  machine: Machine;
  /** Rendered files and host program; another bundle is staged and activated in place. */
  bundle: Bundle;
  /** Application and wheels; another release starts a new slot beside the serving one. */
  release: Release;
  /** Signs the certificate that the balancer verifies. */
  authority: PrivateAuthority;
  /** Secrets of the application by name; a changed one starts a new slot. */
  secrets: Record<string, pulumi.Input<string>>;
  /** Who deploys, for the host's history. */
  author: pulumi.Input<DeploymentAuthor>;
}

/**
 * One application host: Nginx, and Gunicorn in two slots under hardened units. Constructing it stages the
 * release; a `Rollout` makes it serve.
 *
 * @example
 * new AppServer("web-1", { machine, bundle, release, authority, secrets: {}, author });
 */
export class AppServer extends pulumi.ComponentResource implements StagedHost {
  readonly host: RemoteHost;
  readonly bundle: Bundle;
  /** Succeeds when the release was rehearsed on this host. */
  readonly staged: remote.Command;

  constructor(name: string, args: AppServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:AppServer", name, { release: args.release.id, bundle: args.bundle.name }, opts);
    this.bundle = args.bundle;
    this.host = new RemoteHost(name, { machine: args.machine }, { parent: this });
    const certificate = args.authority.issue(name, { dnsNames: [webServerName], ipAddresses: [args.machine.address] });
    this.staged = stageHost(this.host, { ...args, secretFiles: tlsFiles(certificate, args.authority.certificate) });
    this.registerOutputs({ address: args.machine.address });
  }
}
