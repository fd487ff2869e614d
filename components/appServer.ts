import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "../lib/bundle";
import { webServerName } from "../lib/names";
import type { Release } from "../lib/release";
import { stageHost } from "./hostTransaction";
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
}

/**
 * One application host: Nginx, and Gunicorn in two slots under hardened units. Constructing it stages the
 * release; a `ServerFleet` decides when it serves.
 *
 * @example
 * new AppServer("web-1", { machine, bundle, release, authority, secrets: {} });
 */
export class AppServer extends pulumi.ComponentResource {
  readonly host: RemoteHost;
  /** Succeeds when the release was rehearsed on this host. */
  readonly staged: remote.Command;

  constructor(name: string, args: AppServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:AppServer", name, { release: args.release.id, bundle: args.bundle.name }, opts);
    this.host = new RemoteHost(name, { machine: args.machine }, { parent: this });
    const certificate = args.authority.issue(name, { dnsNames: [webServerName], ipAddresses: [args.machine.address] });
    this.staged = stageHost(this.host, {
      bundle: args.bundle,
      release: args.release,
      secretFiles: tlsFiles(certificate, args.authority.certificate),
      secrets: args.secrets,
    });
    this.registerOutputs({ address: args.machine.address });
  }
}
