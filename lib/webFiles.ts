import { appFiles } from "./appFiles";
import { sortedByPath, type HostFile } from "./hostFile";
import { fromTemplate } from "./hostTemplates";
import { webServerName } from "./names";
import { nginxDialect } from "./nginxDialect";
import { nginxFiles } from "./nginxFiles";
import { checkedName, checkedNetwork, checkedPath, pathPattern, prefixPattern, serverNames } from "./nginxText";
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
}

const nginx = "web/etc/portico/nginx";

/** All files of an application host, sorted by path; they hold no secret and are known at plan time. */
export function webFiles(settings: Settings, plan: WebPlan): HostFile[] {
  return sortedByPath([
    ...systemFiles(),
    ...nginxFiles(settings, plan.platform),
    ...webNginxFiles(settings, plan),
    fromTemplate("web/etc/systemd/system/portico-nginx.service.d/50-web.conf", { effect: "nginxUnit" }),
    ...appFiles(settings),
  ]);
}

function webNginxFiles(settings: Settings, plan: WebPlan): HostFile[] {
  const { app, nginx: { rateLimits } } = settings;
  return [
    fromTemplate(`${nginx}/site.conf`, { effect: "nginx", values: siteValues(settings, plan) }),
    fromTemplate(`${nginx}/trust.conf`, { effect: "nginx", values: trustValues(plan) }),
    fromTemplate(`${nginx}/limits.conf`, { effect: "nginx", values: limitValues(rateLimits) }),
    fromTemplate(`${nginx}/limited.conf`, { effect: "nginx", values: burstValues(rateLimits) }),
    fromTemplate(`${nginx}/assets.conf`, { effect: "nginx", values: { staticUrlPattern: prefixPattern(app.staticUrl) } }),
    fromTemplate(`${nginx}/app-proxy.conf`, { effect: "nginx" }),
    ...locations(settings),
  ];
}

function siteValues({ app, nginx: { proxyReadTimeoutSeconds } }: Settings, { platform, siteNames }: WebPlan) {
  return {
    tlsListen: nginxDialect(platform).tlsListen,
    livePath: checkedPath(app.livePath),
    serverNames: serverNames([...siteNames, webServerName]),
    proxyReadTimeoutSeconds,
  };
}

function trustValues({ balancerAddresses, siteNames }: WebPlan) {
  const balancers = balancerAddresses.map(checkedNetwork);
  return {
    realAddressFrom: balancers.map((address) => `set_real_ip_from ${address};`).join("\n"),
    balancerAddresses: balancers.map((address) => `${address} 1;`).join("\n"),
    firstSiteName: checkedName(siteNames[0] ?? webServerName),
    siteNames: [...new Set(siteNames)].map((name) => `"${checkedName(name)}" $host;`).join("\n"),
  };
}

/** Routes without streams or static files have no location for them. */
function locations({ app, nginx: { streamReadTimeoutSeconds } }: Settings): HostFile[] {
  const files = [fromTemplate(`${nginx}/locations/app.conf`, { effect: "nginx" })];
  if (app.staticFolder !== null) {
    files.push(fromTemplate(`${nginx}/locations/static.conf`, { effect: "nginx", values: { staticUrl: checkedPath(app.staticUrl) } }));
  }
  if (app.streamPaths.length > 0) {
    const values = { streamPathPattern: pathPattern(app.streamPaths), streamReadTimeoutSeconds };
    files.push(fromTemplate(`${nginx}/locations/streams.conf`, { effect: "nginx", values }));
  }
  return files;
}
