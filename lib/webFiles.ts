import { appFiles } from "./appFiles";
import type { Observation } from "./aws/observation";
import { sortedByPath, type HostFile } from "./hostFile";
import { fromTemplate } from "./hostTemplates";
import { webServerName } from "./names";
import { nginxDialect } from "./nginxDialect";
import { nginxFiles } from "./nginxFiles";
import { checkedName, checkedNetwork, checkedPath, pathPattern, prefixPattern, serverNames } from "./nginxText";
import { observationFiles } from "./observationFiles";
import type { Platform } from "./platforms";
import { burstValues, limitValues } from "./rateLimits";
import type { Settings } from "./settings";
import { systemFiles } from "./systemFiles";

export interface WebPlan {
  platform: Platform;
  /** Addresses whose word about the client is believed; none when the host faces the internet itself. */
  balancerAddresses: readonly string[];
  /** Names and addresses by which clients know the site; the first one is the Host of health checks. */
  siteNames: readonly string[];
  /** Where the host sends its measures and logs; absent where nobody collects them. */
  observation?: Observation;
}

const nginx = "web/etc/portico/nginx";
const nginxDropIns = "web/etc/systemd/system/portico-nginx.service.d";

/** All files of an application host, sorted by path; they hold no secret and are known at plan time. */
export function webFiles(settings: Settings, plan: WebPlan): HostFile[] {
  return sortedByPath([...systemFiles(), ...nginxFiles(settings, plan), ...webRoleFiles(settings, plan), fromTemplate(`${nginxDropIns}/50-web.conf`, { effect: "nginxUnit" })]);
}

/** What makes a host an application host, whatever else it is. */
export function webRoleFiles(settings: Settings, plan: WebPlan): HostFile[] {
  return [
    ...webNginxFiles(settings, plan),
    fromTemplate(`${nginxDropIns}/50-app.conf`, { effect: "nginxUnit" }),
    ...appFiles(settings),
    ...observationFiles(plan.observation),
  ];
}

function webNginxFiles(settings: Settings, plan: WebPlan): HostFile[] {
  const { app, nginx: { rateLimits, proxyReadTimeoutSeconds } } = settings;
  return [
    fromTemplate(`${nginx}/sites/web.conf`, { effect: "nginx", values: siteValues(settings, plan) }),
    fromTemplate(`${nginx}/web/server.conf`, { effect: "nginx", values: { proxyReadTimeoutSeconds } }),
    fromTemplate(`${nginx}/web/client.conf`, { effect: "nginx", values: { realAddressFrom: realAddressFrom(plan) } }),
    fromTemplate(`${nginx}/web/request.conf`, { effect: "nginx", values: requestValues(plan) }),
    fromTemplate(`${nginx}/web/limits.conf`, { effect: "nginx", values: limitValues(rateLimits) }),
    fromTemplate(`${nginx}/web/limited.conf`, { effect: "nginx", values: burstValues(rateLimits) }),
    fromTemplate(`${nginx}/web/assets.conf`, { effect: "nginx", values: { staticUrlPattern: prefixPattern(app.staticUrl) } }),
    fromTemplate(`${nginx}/web/app-proxy.conf`, { effect: "nginx" }),
    ...locations(settings),
  ];
}

function siteValues({ app }: Settings, { platform, siteNames }: WebPlan) {
  return {
    tlsListen: nginxDialect(platform).tlsListen,
    livePath: checkedPath(app.livePath),
    serverNames: serverNames([...siteNames, webServerName]),
  };
}

function realAddressFrom({ balancerAddresses }: WebPlan): string {
  return balancerAddresses.map((address) => `set_real_ip_from ${checkedNetwork(address)};`).join("\n");
}

function requestValues({ siteNames }: WebPlan) {
  return {
    firstSiteName: checkedName(siteNames[0] ?? webServerName),
    siteNames: [...new Set(siteNames)].map((name) => `"${checkedName(name)}" $host;`).join("\n"),
  };
}

/** Routes without streams or static files have no location for them. */
function locations({ app, nginx: { streamReadTimeoutSeconds } }: Settings): HostFile[] {
  const files = [fromTemplate(`${nginx}/web/locations/app.conf`, { effect: "nginx" })];
  if (app.staticFolder !== null) {
    files.push(fromTemplate(`${nginx}/web/locations/static.conf`, { effect: "nginx", values: { staticUrl: checkedPath(app.staticUrl) } }));
  }
  if (app.streamPaths.length > 0) {
    const values = { streamPathPattern: pathPattern(app.streamPaths), streamReadTimeoutSeconds };
    files.push(fromTemplate(`${nginx}/web/locations/streams.conf`, { effect: "nginx", values }));
  }
  return files;
}
