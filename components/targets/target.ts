import type * as pulumi from "@pulumi/pulumi";
import type { DeploymentAuthor } from "../../lib/stack/author";
import type { RoleContents } from "../../lib/hosts/contents";
import type { SitePlan } from "../../lib/hosts/plan";
import type { Settings } from "../../lib/settings";
import type { StackFolders } from "../../lib/stack/stateFolder";
import type { AppServer } from "../hosts/appServer";
import type { Balancer } from "../hosts/balancer";
import type { SiteIdentity } from "../certificates/siteCertificate";
import type { Machine } from "../hosts/machine";
import type { PrivateAuthority } from "../certificates/privateAuthority";
import type { Credentials } from "../stack/credentials";

export interface TargetContext {
  settings: Settings;
  folders: StackFolders;
  credentials: Credentials;
}

/** A target as it is known before anything is declared: where its machines will be. */
export interface TargetPlan {
  site: SitePlan;
  declare: () => Target;
}

/** Where the machines, the balancer and the public certificate come from. */
export interface Target {
  /** Application machines, in the order in which they switch. */
  web: readonly Machine[];
  /** Machines that only balance. */
  balancers: readonly Machine[];
  /** Secrets of the application that the target makes, by name; none where it makes none. */
  readonly secrets?: Readonly<Record<string, pulumi.Output<string>>>;
  balance(args: BalanceArgs): Balancer;
  /** Has what serves watched, where the target has a place for that; each machine once it is in service. */
  monitor(args: MonitorArgs): void;
}

export interface MonitorArgs {
  /** Gates of the rollout by the names of the application machines. */
  inService: ReadonlyMap<string, pulumi.Resource>;
}

export interface BalanceArgs {
  /** Files and bundles of the stack's hosts, for a balancer that is one of them. */
  contents: readonly RoleContents[];
  /** The application hosts, for a balancer that stands on one of them. */
  servers: readonly AppServer[];
  authority: PrivateAuthority;
  /** How clients know the site. */
  site: SiteIdentity;
  author: pulumi.Input<DeploymentAuthor>;
}
