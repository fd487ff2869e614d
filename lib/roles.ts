import type { Observation } from "./aws/observation";
import { buildBundle, type Bundle, type BundleDescription, type HealthCheck, type Role as BundleRole } from "./bundle";
import { edgeFiles } from "./edgeFiles";
import type { HostFile } from "./hostFile";
import { hostPaths } from "./hostPaths";
import { webPort, webServerName } from "./names";
import { observationPackages, observationTimer } from "./observationFiles";
import type { Platform } from "./platforms";
import type { Architecture } from "./python/platformTags";
import type { Settings } from "./settings";
import { standaloneFiles } from "./standaloneFiles";
import { webFiles } from "./webFiles";

export type Role = "web" | "balancer";

/** A host as it is known at plan time. */
export interface HostPlan {
  name: string;
  /** Where the other hosts reach it; absent where only the cloud knows. */
  address?: string;
  roles: readonly Role[];
  platform: Platform;
  architecture: Architecture;
}

/** What a stack serves and on which hosts, as far as it is known at plan time. */
export interface SitePlan {
  /** Names and addresses by which clients know the site. */
  siteNames: readonly string[];
  /** Addresses and networks of the balancer: application hosts believe what they say about the client. */
  balancerAddresses: readonly string[];
  hosts: readonly HostPlan[];
  /** Where application hosts send their measures and logs; absent where nobody collects them. */
  observation?: Observation;
}

/** What hosts of one kind get: the rendered files, and the bundle that carries them. */
export interface RoleContents {
  /** Roles, and platform where they have several: `web`, `web-debian-12`. */
  name: string;
  roles: readonly Role[];
  hosts: readonly string[];
  files: readonly HostFile[];
  bundle: Bundle;
}

/** Files and bundles of all hosts, one for each role and platform in use. */
export async function planContents(settings: Settings, site: SitePlan, outputFolder: string): Promise<RoleContents[]> {
  const planned: RoleContents[] = [];
  for (const [name, hosts] of groups(site.hosts)) {
    const { roles, platform } = hosts[0]!;
    const plan = { ...site, platform, roles, webHosts: webHosts(site) };
    planned.push({ name, roles, hosts: hosts.map((host) => host.name), ...(await planRole(settings, plan, outputFolder)) });
  }
  return planned;
}

/** The contents of one host. */
export function contentsOf(contents: readonly RoleContents[], host: string): RoleContents {
  const found = contents.find(({ hosts }) => hosts.includes(host));
  if (found === undefined) throw new Error(`${host}: got no contents; allowed: a host of the site plan; add it there`);
  return found;
}

/** Debian packages that hosts with these roles need. */
export function packagesOf(roles: readonly Role[]): string[] {
  return ["logrotate", "nginx", ...(roles.includes("web") ? ["python3-venv"] : [])];
}

/** The roles of one host, in words. */
export function rolesOf({ hosts }: SitePlan, host: string): string {
  return hosts.find(({ name }) => name === host)?.roles.join(", ") ?? "";
}

function groups(hosts: readonly HostPlan[]): Map<string, HostPlan[]> {
  const found = new Map<string, HostPlan[]>();
  for (const host of hosts) {
    const role = host.roles.join("-");
    const platforms = new Set(hosts.filter(({ roles }) => roles.join("-") === role).map(({ platform }) => platform.id));
    const name = platforms.size > 1 ? `${role}-${host.platform.id}` : role;
    found.set(name, [...(found.get(name) ?? []), host]);
  }
  return found;
}

interface RolePlan extends SitePlan {
  roles: readonly Role[];
  platform: Platform;
  /** The application hosts, for a balancer that is a host itself. */
  webHosts: readonly { name: string; address: string }[];
}

const programFolder = "hostProgram";
const appUser = "portico";

/** Files and bundle of hosts with the same roles and platform. */
async function planRole(settings: Settings, plan: RolePlan, outputFolder: string): Promise<Pick<RoleContents, "files" | "bundle">> {
  const { role, files } = roleFiles(settings, plan);
  return { files, bundle: await buildBundle({ role, programFolder, files, description: describeRole(settings, plan), outputFolder }) };
}

function roleFiles(settings: Settings, plan: RolePlan): { role: BundleRole; files: HostFile[] } {
  if (!plan.roles.includes("balancer")) return { role: "web", files: webFiles(settings, plan) };
  if (!plan.roles.includes("web")) return { role: "edge", files: edgeFiles(settings, plan) };
  return { role: "web-edge", files: standaloneFiles(settings, plan) };
}

function describeRole(settings: Settings, plan: RolePlan): BundleDescription {
  const { id, python, nginx, openssl, systemd } = plan.platform;
  const site = plan.roles.includes("balancer") ? siteHealth(settings, plan) : null;
  return {
    platform: { id, python, nginx, openssl, systemd },
    maskedUnits: ["nginx.service"],
    site,
    ...(site === null || plan.roles.includes("web") ? describeWeb(settings, plan) : describeEdge(site)),
  };
}

type RoleDescription = Pick<BundleDescription, "packages" | "enabledUnits" | "health" | "app">;

function describeWeb(settings: Settings, { siteNames, observation }: RolePlan): RoleDescription {
  const { app, balancer } = settings;
  return {
    packages: [...packagesOf(["web"]), ...(observation === undefined ? [] : observationPackages)],
    enabledUnits: ["portico-app.socket", "portico-lease.timer", "portico-nginx.service", ...(observation === undefined ? [] : [observationTimer])],
    health: { url: `https://127.0.0.1:${webPort}${app.livePath}`, serverName: webServerName, expect: 200, certificate: hostPaths.serverCertificate },
    app: {
      module: app.module,
      healthPath: app.livePath,
      readyPath: app.readyPath,
      host: siteNames[0] ?? webServerName,
      user: appUser,
      startSeconds: app.startSeconds,
      readySeconds: app.readySeconds,
      probes: app.probes,
      drainSeconds: balancer.drainSeconds,
      keepReleases: app.keepReleases,
      migration: app.migration,
    },
  };
}

function describeEdge(site: HealthCheck): RoleDescription {
  return { packages: packagesOf(["balancer"]), enabledUnits: ["portico-lease.timer", "portico-nginx.service"], health: site, app: null };
}

/** The balancer's check goes the whole way, to the application. */
function siteHealth({ app }: Settings, { siteNames }: RolePlan): HealthCheck {
  return { url: `https://127.0.0.1${app.livePath}`, serverName: siteNames[0] ?? webServerName, expect: 200, certificate: hostPaths.siteCertificate };
}

function webHosts({ hosts }: SitePlan): { name: string; address: string }[] {
  return hosts.flatMap(({ name, address, roles }) => (roles.includes("web") && address !== undefined ? [{ name, address }] : []));
}
