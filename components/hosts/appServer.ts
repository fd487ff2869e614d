import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentAuthor } from "../../lib/stack/author";
import type { Bundle } from "../../lib/bundle";
import { ownServerName, webServerName } from "../../lib/hosts/wellKnown";
import type { Release } from "../../lib/release";
import type { WheelTarget } from "../../lib/release/python/platformTags";
import { stageHost, type SecretFile, type StagedHost } from "./hostTransaction";
import type { Machine } from "./machine";
import type { PrivateAuthority } from "../certificates/privateAuthority";
import { RemoteHost } from "./remoteHost";
import { siteCertificateFiles, type SiteIdentity } from "../certificates/siteCertificate";
import { authorityFile, certificateFiles, clientFile } from "../certificates/tlsFiles";

export interface AppServerArgs {
  machine: Machine;
  /** Rendered files and host program; another bundle is staged and activated in place. */
  bundle: Bundle;
  /** The application; another release starts a new slot beside the serving one. */
  release: Release;
  /** What the host runs: it gets the wheels for that. */
  target: WheelTarget;
  /** Signs the certificate that the balancer verifies. */
  authority: PrivateAuthority;
  /** How clients know the site, on a host that faces them as well; it then shows its certificate. */
  site?: SiteIdentity;
  /** Secrets of the application by name; a changed one starts a new slot. */
  secrets: Record<string, pulumi.Input<string>>;
  /** Who deploys, for the host's history. */
  author: pulumi.Input<DeploymentAuthor>;
}

/**
 * One application host: Nginx, and Gunicorn in two slots under hardened units; it may face the clients itself. Constructing it stages the
 * release; a `Rollout` makes it serve.
 *
 * @example
 * new AppServer("web-1", { machine, bundle, release, target, authority, secrets: {}, author });
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
    this.staged = stageHost(this.host, { ...args, secretFiles: tlsFiles(name, args) });
    this.registerOutputs({ address: args.machine.address });
  }
}

function tlsFiles(name: string, { authority, machine, site }: AppServerArgs): SecretFile[] {
  const own = authority.issue(name, {
    dnsNames: [webServerName, ownServerName(name)],
    ipAddresses: [machine.address],
  });
  const ofSite =
    site === undefined
      ? []
      : [...siteCertificateFiles(`${name}-site`, site, authority, machine), clientFile(name, authority)];
  return [...certificateFiles("server", own), ...ofSite, authorityFile(authority.certificates)];
}
