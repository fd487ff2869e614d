import type * as pulumi from "@pulumi/pulumi";
import type { DeploymentAuthor } from "../lib/author";
import type { RoleContents, SitePlan } from "../lib/roles";
import type { CredentialName, Settings } from "../lib/settings";
import type { StackFolders } from "../lib/stateFolder";
import type { AppServer } from "./appServer";
import type { Balancer } from "./balancer";
import type { GivenCertificate } from "./givenCertificate";
import { planGivenHosts } from "./givenHosts";
import { planLocalTarget } from "./localTarget";
import type { Machine } from "./machine";
import type { PrivateAuthority } from "./privateAuthority";

export interface TargetContext {
  settings: Settings;
  folders: StackFolders;
  credentials: Partial<Record<CredentialName, pulumi.Output<string>>>;
}

/** A target as it is known before anything is declared: where its machines will be. */
export interface TargetPlan {
  site: SitePlan;
  declare(): Target;
}

/** Where the machines, the balancer and the public certificate come from. */
export interface Target {
  /** Application machines, in the order in which they switch. */
  web: readonly Machine[];
  /** Machines that only balance. */
  balancers: readonly Machine[];
  balance(args: BalanceArgs): Balancer;
  /** Has what serves watched, where the target has a place for that; each machine once it is in service. */
  watch(args: WatchArgs): void;
}

export interface WatchArgs {
  /** Gates of the rollout by the names of the application machines. */
  inService: ReadonlyMap<string, pulumi.Resource>;
}

export interface BalanceArgs {
  /** Files and bundles of the stack's hosts, for a balancer that is one of them. */
  contents: readonly RoleContents[];
  /** The application hosts, for a balancer that stands on one of them. */
  servers: readonly AppServer[];
  authority: PrivateAuthority;
  /** The public certificate that the user brings; without one the target has its own. */
  certificate?: GivenCertificate;
  author: pulumi.Input<DeploymentAuthor>;
}

/** Reads and checks what the target needs; nothing is declared yet. */
export async function planTarget(context: TargetContext): Promise<TargetPlan> {
  switch (context.settings.target) {
    case "local":
      return planLocalTarget(context);
    case "aws":
      // Loaded here alone, so that other targets start without the SDK of AWS.
      return (await import("./awsTarget")).planAwsTarget(context);
    case "hosts":
      return planGivenHosts(context);
  }
}
