import { contract } from "../base/contract";
import { buildBundle, type Bundle, type BundleDescription, type HealthCheck, type Role as BundleRole } from "../bundle";
import { acmeUnits } from "../hostFiles/acme";
import { balancerFiles } from "../hostFiles/balancer";
import type { HostFile } from "../hostFiles/hostFile";
import { appUser, healthHost, healthPath, sitePorts, webPort, webServerName } from "./wellKnown";
import { telemetryPackages, telemetryTimer } from "../hostFiles/telemetry";
import { ordersCertificate, packagesOf, type HostPlan, type Role, type SitePlan } from "./plan";
import type { Platform } from "./platforms";
import { installsUpdates, type Settings } from "../settings";
import { combinedHostFiles } from "../hostFiles/combinedHost";
import { updateUnits } from "../hostFiles/updates";
import { hasHealthCheck, healthCheckUnits } from "../hostFiles/healthCheck";
import { webFiles, type WebPlan } from "../hostFiles/webHost";
import { describeProcesses } from "../hostFiles/app/processes";
import { describeSchedules, scheduleTimer } from "../hostFiles/app/schedules";
import { planProcesses, specialOf, type Beside, type ProcessPlan } from "./processPlan";
import { processSeconds } from "./processes";

/** What hosts of one kind get: the rendered files, and the bundle that carries them. */
export interface RoleContents {
  /** Roles, platform where they have several, and the processes that not all of them run: `web`, `web-debian-12`, `web-with-beat`. */
  name: string;
  roles: readonly Role[];
  hosts: readonly string[];
  files: readonly HostFile[];
  bundle: Bundle;
  /** How long an old slot may take to finish its requests, and processes to change; 0 where there is no application. */
  drainSeconds: number;
}

/** Files and bundles of all hosts, one for each kind of them; `leftOut` hosts take no part in the update, and run no process for it. */
export async function planContents(
  settings: Settings,
  site: SitePlan,
  outputFolder: string,
  leftOut: readonly string[] = [],
): Promise<RoleContents[]> {
  const planned: RoleContents[] = [];
  const processes = planProcesses(settings, site, leftOut);
  for (const [name, hosts] of groups(site.hosts, processes)) {
    const { roles, platform } = hosts[0]!;
    const own = processes.byHost.get(hosts[0]!.name) ?? processes.everywhere;
    const plan = { ...site, platform, roles, ...own, webHosts: webHosts(site), ...cloudBalancer(site) };
    planned.push({
      name,
      roles,
      hosts: hosts.map((host) => host.name),
      ...(await planRole(settings, plan, outputFolder)),
    });
  }
  return planned;
}

/** The contents of one host. */
export function contentsOf(contents: readonly RoleContents[], host: string): RoleContents {
  const found = contents.find(({ hosts }) => hosts.includes(host));
  if (found === undefined) throw new Error(`${host}: got no contents; allowed: a host of the site plan; add it there`);
  return found;
}

function groups(hosts: readonly HostPlan[], processes: ProcessPlan): Map<string, HostPlan[]> {
  const found = new Map<string, HostPlan[]>();
  for (const host of hosts) {
    const role = host.roles.join("-");
    const platforms = new Set(hosts.filter(({ roles }) => roles.join("-") === role).map(({ platform }) => platform.id));
    const special = specialOf(processes, host.name);
    const parts = [role, ...(platforms.size > 1 ? [host.platform.id] : []), ...(special.length > 0 ? ["with"] : [])];
    const name = [...parts, ...special].join("-");
    found.set(name, [...(found.get(name) ?? []), host]);
  }
  return found;
}

interface RolePlan extends SitePlan, Beside {
  roles: readonly Role[];
  platform: Platform;
  /** The application hosts, for a balancer that is a host itself. */
  webHosts: readonly { name: string; address: string }[];
}

const programFolder = "hostProgram";
const { appSocket, distributionNginx, firewallUnit, nginxUnit } = contract.names;

/** Files and bundle of hosts with the same roles and platform. */
async function planRole(
  settings: Settings,
  plan: RolePlan,
  outputFolder: string,
): Promise<Pick<RoleContents, "files" | "bundle" | "drainSeconds">> {
  const role = bundleRoleOf(plan);
  const files = filesOf[role](settings, plan);
  const description = describeRole(settings, plan);
  return {
    files,
    bundle: await buildBundle({ role, programFolder, files, description, outputFolder }),
    drainSeconds: description.app ? description.app.drainSeconds + processSeconds(settings.app, plan.processes) : 0,
  };
}

const filesOf: Record<BundleRole, (settings: Settings, plan: RolePlan) => HostFile[]> = {
  web: webFiles,
  edge: balancerFiles,
  "web-edge": combinedHostFiles,
};

function bundleRoleOf({ roles }: RolePlan): BundleRole {
  const found = Object.entries(contract.roles).find(
    ([, listed]) => listed.length === roles.length && roles.every((role) => listed.includes(role)),
  );
  if (found === undefined)
    throw new Error(
      `roles: got ${roles.join(", ") || "none"}; allowed: ${Object.values(contract.roles)
        .map((listed) => listed.join(" and "))
        .join(", ")}; give the host one of these`,
    );
  return found[0] as BundleRole;
}

function describeRole(settings: Settings, plan: RolePlan): BundleDescription {
  const { id, python, nginx, openssl, systemd } = plan.platform;
  const site = plan.roles.includes("balancer") ? siteHealth(settings, plan) : null;
  return {
    platform: { id, python, nginx, openssl, systemd },
    maskedUnits: [distributionNginx],
    listens: {
      ports: [...(plan.roles.includes("balancer") ? sitePorts : []), ...(plan.roles.includes("web") ? [webPort] : [])],
      onlyOnes: settings.target !== "hosts",
    },
    site,
    ...(site === null || plan.roles.includes("web")
      ? describeWeb(settings, plan)
      : describeBalancer(settings, site.serverName, plan)),
  };
}

type RoleDescription = Pick<BundleDescription, "packages" | "enabledUnits" | "health" | "app">;

function describeWeb(settings: Settings, plan: RolePlan): RoleDescription {
  const { app, balancer, nginx } = settings;
  const { siteNames, telemetry } = plan;
  return {
    packages: [
      ...packagesOf(plan.roles, settings, plan.firewall !== undefined),
      ...(telemetry === undefined ? [] : telemetryPackages),
    ],
    enabledUnits: [
      appSocket,
      ...unitsOfEveryHost(settings, plan),
      ...(telemetry === undefined ? [] : [telemetryTimer]),
      ...plan.schedules.map(scheduleTimer),
    ],
    health: {
      url: `https://127.0.0.1:${webPort}${healthPath}`,
      serverName: webServerName,
      host: healthHost,
      expect: 200,
      certificate: contract.paths.serverCertificate,
    },
    app: {
      module: app.module,
      healthPath: app.livePath,
      readyPath: app.readyPath,
      homePath: app.homePath,
      host: siteNames[0] ?? webServerName,
      user: appUser,
      startSeconds: app.startSeconds,
      readySeconds: app.readySeconds,
      probes: app.probes,
      drainSeconds: balancer.drainSeconds,
      keepReleases: app.keepReleases,
      data: app.data.map((name) => ({ name, served: nginx.media.some(({ folder }) => folder === name) })),
      migration: app.migration,
      processes: describeProcesses(settings, plan.processes),
      schedules: describeSchedules(settings, plan.schedules),
    },
  };
}

function describeBalancer(settings: Settings, serverName: string, plan: RolePlan): RoleDescription {
  const health = {
    url: `https://127.0.0.1${healthPath}`,
    serverName,
    host: healthHost,
    expect: 200,
    certificate: contract.paths.siteCertificate,
  };
  return {
    packages: packagesOf(plan.roles, settings, plan.firewall !== undefined),
    enabledUnits: unitsOfEveryHost(settings, plan),
    health,
    app: null,
  };
}

/** Whatever its roles are; some have what these ask for, and others not. */
function unitsOfEveryHost(settings: Settings, { firewall, roles, webHosts }: RolePlan): string[] {
  return [
    "portico-lease.timer",
    "portico-logrotate.timer",
    nginxUnit,
    ...(firewall === undefined ? [] : [firewallUnit]),
    ...(roles.includes("balancer") && hasHealthCheck(webHosts) ? healthCheckUnits : []),
    ...(ordersCertificate(roles, settings) ? acmeUnits : []),
    ...(installsUpdates(settings) ? updateUnits : []),
  ];
}

/** Goes the whole way, to the application of any host. */
function siteHealth({ app }: Settings, { siteNames }: RolePlan): HealthCheck {
  return {
    url: `https://127.0.0.1${app.livePath}`,
    serverName: siteNames[0] ?? webServerName,
    expect: 200,
    certificate: contract.paths.siteCertificate,
  };
}

/** A site without a balancer among its hosts stands behind one of a cloud. */
function cloudBalancer({ hosts }: SitePlan): Pick<WebPlan, "cloudBalancer"> {
  return hosts.some(({ roles }) => roles.includes("balancer")) ? {} : { cloudBalancer: { hosts: hosts.length } };
}

function webHosts({ hosts }: SitePlan): { name: string; address: string }[] {
  return hosts.flatMap(({ name, address, roles }) =>
    roles.includes("web") && address !== undefined ? [{ name, address }] : [],
  );
}
