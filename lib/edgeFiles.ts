import { sortedByPath, type HostFile } from "./hostFile";
import { fromTemplate } from "./hostTemplates";
import { webPort, webServerName } from "./names";
import { nginxDialect } from "./nginxDialect";
import { nginxFiles } from "./nginxFiles";
import { hostAddress, pathPattern, serverNames } from "./nginxText";
import type { Platform } from "./platforms";
import type { Settings } from "./settings";
import { systemFiles } from "./systemFiles";

export interface EdgePlan {
  platform: Platform;
  /** The application hosts behind the balancer; at least one. */
  webHosts: readonly { name: string; address: string }[];
  /** Names and addresses by which clients know the site. */
  siteNames: readonly string[];
}

const nginx = "edge/etc/portico/nginx";

/** All files of the balancer, sorted by path; they hold no secret and are known at plan time. */
export function edgeFiles(settings: Settings, plan: EdgePlan): HostFile[] {
  return sortedByPath([...systemFiles(), ...nginxFiles(settings, { ...plan, balancerAddresses: [] }), ...edgeRoleFiles(settings, plan)]);
}

/** What makes a host the balancer, whatever else it is. */
export function edgeRoleFiles(settings: Settings, plan: EdgePlan): HostFile[] {
  const { idleTimeoutSeconds } = settings.balancer;
  return [
    fromTemplate(`${nginx}/sites/edge.conf`, { effect: "nginx", values: siteValues(plan) }),
    fromTemplate(`${nginx}/edge/server.conf`, { effect: "nginx", values: { idleTimeoutSeconds } }),
    fromTemplate(`${nginx}/edge/upstream.conf`, { effect: "nginx", values: { servers: servers(plan) } }),
    fromTemplate(`${nginx}/edge/host-proxy.conf`, { effect: "nginx", values: { webServerName } }),
    ...locations(settings),
    fromTemplate("edge/etc/systemd/system/portico-nginx.service.d/50-edge.conf", { effect: "nginxUnit" }),
  ];
}

function siteValues({ platform, siteNames }: EdgePlan) {
  return { tlsListen: nginxDialect(platform).tlsListen, serverNames: serverNames(siteNames) };
}

function servers({ webHosts }: EdgePlan): string {
  if (webHosts.length === 0) throw new Error("webHosts: got none; allowed: at least one application host; add a machine");
  return webHosts.map(({ address }) => `server ${hostAddress(address)}:${webPort} max_fails=3 fail_timeout=10s;`).join("\n");
}

function locations({ app, nginx: { streamReadTimeoutSeconds } }: Settings): HostFile[] {
  const files = [fromTemplate(`${nginx}/edge/locations/hosts.conf`, { effect: "nginx" })];
  if (app.streamPaths.length > 0) {
    const values = { streamPathPattern: pathPattern(app.streamPaths), streamReadTimeoutSeconds };
    files.push(fromTemplate(`${nginx}/edge/locations/streams.conf`, { effect: "nginx", values }));
  }
  return files;
}
