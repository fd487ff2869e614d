import type { Architecture, WheelTarget } from "../release/python/platformTags";
import type { Telemetry } from "../targets/aws/monitoring/telemetry";
import { certificateKind, installsUpdates, updatePackage, type Settings } from "../settings";
import type { Platform } from "./platforms";

export type Role = "web" | "balancer";

/** A host as it is known at plan time. */
export interface HostPlan {
  name: string;
  /** Where the other hosts reach it; absent where only the cloud has it. */
  address?: string;
  roles: readonly Role[];
  platform: Platform;
  architecture: Architecture;
}

/** Of hosts that have a firewall of the stack's. */
export interface FirewallPlan {
  /** Networks that sshd is reached from; null: all of them, [] none but the host itself. */
  sshRanges: readonly string[] | null;
  /** Where sshd listens on the hosts. */
  sshPorts: readonly number[];
  /** Addresses or networks of the hosts of the stack, as far as they are known. */
  hostAddresses: readonly string[];
}

/** What a stack serves and on which hosts, as far as it is known at plan time. */
export interface SitePlan {
  /** Names and addresses by which clients know the site. */
  siteNames: readonly string[];
  /** Addresses and networks of the balancer: application hosts take the client's address from what they send. */
  balancerAddresses: readonly string[];
  hosts: readonly HostPlan[];
  /** Absent where the hosts have no firewall of the stack's. */
  firewall?: FirewallPlan;
  /** Where application hosts send their metrics and logs; absent where nobody collects them. */
  telemetry?: Telemetry;
}

/** What orders the certificate of the site; `openssl` makes the request and checks the answer. */
const acmePackages = ["ca-certificates", "certbot", "openssl"] as const;

/** Whether a host with these roles orders the certificate of the site itself. */
export function ordersCertificate(roles: readonly Role[], settings: Settings): boolean {
  return roles.includes("balancer") && certificateKind(settings) === "acme";
}

/** Debian packages that hosts with these roles need, a firewall where they have one, and what installs updates. */
export function packagesOf(roles: readonly Role[], settings: Settings, firewall: boolean): string[] {
  return [
    "logrotate",
    ...(firewall ? ["nftables"] : []),
    "nginx",
    ...(roles.includes("web") ? ["python3-venv"] : []),
    ...(ordersCertificate(roles, settings) ? acmePackages : []),
    ...(installsUpdates(settings) ? [updatePackage] : []),
  ];
}

/** The roles of one host, in words. */
export function rolesOf({ hosts }: SitePlan, host: string): string {
  return hosts.find(({ name }) => name === host)?.roles.join(", ") ?? "";
}

/** The systems that a release has to run on, by the name of each application host. */
export function releaseTargets({ hosts }: SitePlan): Map<string, WheelTarget> {
  const web = hosts.filter(({ roles }) => roles.includes("web"));
  return new Map(web.map(({ name, platform: { id, python }, architecture }) => [name, { id, python, architecture }]));
}
