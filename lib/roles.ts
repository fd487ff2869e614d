import { buildBundle, type Bundle, type BundleDescription } from "./bundle";
import { edgeFiles } from "./edgeFiles";
import type { HostFile } from "./hostFile";
import { webServerName } from "./names";
import type { Platform } from "./platforms";
import type { Architecture } from "./python/platformTags";
import type { Settings } from "./settings";
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
}

/** What hosts of one kind get: the rendered files, and the bundle that carries them. */
export interface RoleContents {
  /** Role, and platform where the role has several: `web`, `web-debian-12`. */
  name: string;
  hosts: readonly string[];
  files: readonly HostFile[];
  bundle: Bundle;
}

/** Files and bundles of all hosts, one for each role and platform in use. */
export async function planContents(settings: Settings, site: SitePlan, outputFolder: string): Promise<RoleContents[]> {
  const planned: RoleContents[] = [];
  for (const [name, hosts] of groups(site.hosts)) {
    const { roles, platform } = hosts[0]!;
    const plan = roles.includes("web") ? planWebRole : planEdgeRole;
    planned.push({ name, hosts: hosts.map((host) => host.name), ...(await plan(settings, { ...site, platform }, outputFolder)) });
  }
  return planned;
}

/** The contents of one host. */
export function contentsOf(contents: readonly RoleContents[], host: string): RoleContents {
  const found = contents.find(({ hosts }) => hosts.includes(host));
  if (found === undefined) throw new Error(`${host}: got no contents; allowed: a host of the site plan; add it there`);
  return found;
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
  platform: Platform;
}

type PlannedRole = Pick<RoleContents, "files" | "bundle">;

const programFolder = "hostProgram";
const appUser = "portico";

/** Files and bundle of the application hosts. */
async function planWebRole(settings: Settings, plan: RolePlan, outputFolder: string): Promise<PlannedRole> {
  const files = webFiles(settings, plan);
  const description: BundleDescription = {
    ...commonDescription(plan.platform),
    packages: ["logrotate", "nginx", "python3-venv"],
    enabledUnits: ["portico-app.socket", "portico-lease.timer", "portico-nginx.service"],
    health: { url: `https://127.0.0.1:8443${settings.app.livePath}`, serverName: webServerName, expect: 200 },
    app: {
      module: settings.app.module,
      healthPath: settings.app.livePath,
      readyPath: settings.app.readyPath,
      host: plan.siteNames[0] ?? webServerName,
      user: appUser,
      startSeconds: settings.app.startSeconds,
      readySeconds: settings.app.readySeconds,
      probes: settings.app.probes,
      drainSeconds: settings.balancer.drainSeconds,
      keepReleases: settings.app.keepReleases,
      migration: settings.app.migration,
    },
  };
  return { files, bundle: await buildBundle({ role: "web", programFolder, files, description, outputFolder }) };
}

/** Files and bundle of the balancer. Its check goes the whole way: through the balancer to the application. */
async function planEdgeRole(settings: Settings, plan: RolePlan, outputFolder: string): Promise<PlannedRole> {
  const files = edgeFiles(settings, { ...plan, webHosts: webHosts(plan) });
  const description: BundleDescription = {
    ...commonDescription(plan.platform),
    packages: ["logrotate", "nginx"],
    enabledUnits: ["portico-lease.timer", "portico-nginx.service"],
    health: { url: `https://127.0.0.1${settings.app.livePath}`, serverName: plan.siteNames[0] ?? webServerName, expect: 200 },
    app: null,
  };
  return { files, bundle: await buildBundle({ role: "edge", programFolder, files, description, outputFolder }) };
}

function commonDescription({ id, python, nginx, openssl, systemd }: Platform): Pick<BundleDescription, "platform" | "maskedUnits"> {
  return { platform: { id, python, nginx, openssl, systemd }, maskedUnits: ["nginx.service"] };
}

/** The application hosts, for a balancer that is a host itself. */
function webHosts({ hosts }: SitePlan): { name: string; address: string }[] {
  return hosts.flatMap(({ name, address, roles }) => (roles.includes("web") && address !== undefined ? [{ name, address }] : []));
}
