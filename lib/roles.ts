import { buildBundle, type Bundle, type BundleDescription } from "./bundle";
import { edgeFiles } from "./edgeFiles";
import type { HostFile } from "./hostFile";
import { webServerName } from "./names";
import type { Platform } from "./platforms";
import type { Settings } from "./settings";
import { webFiles } from "./webFiles";

/** What the hosts of one role get: the rendered files, and the bundle that carries them. */
export interface RoleContents {
  files: readonly HostFile[];
  bundle: Bundle;
}

/** Where the machines of a stack are, as far as it is known at plan time. */
export interface SitePlan {
  platform: Platform;
  /** Names and addresses by which clients know the site. */
  siteNames: readonly string[];
  balancerAddresses: readonly string[];
  webHosts: readonly { name: string; address: string }[];
}

const programFolder = "hostProgram";
const appUser = "portico";

/** Files and bundle of the application hosts. */
export async function planWebRole(settings: Settings, plan: SitePlan, outputFolder: string): Promise<RoleContents> {
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
export async function planEdgeRole(settings: Settings, plan: SitePlan, outputFolder: string): Promise<RoleContents> {
  const files = edgeFiles(settings, plan);
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
