import { contract } from "../base/contract";
import { appFiles } from "./app/files";
import { processFiles } from "./app/processes";
import { scheduleFiles } from "./app/schedules";
import type { Telemetry } from "../targets/aws/monitoring/telemetry";
import { applicationRuleFiles, firewallFiles, webServiceFiles } from "./firewall";
import { hostAnswerBuffers, hostRequestBuffers } from "./nginx/headerLimits";
import { sortedByPath, type HostFile } from "./hostFile";
import { fromTemplate } from "./templates";
import { webServerName } from "../hosts/wellKnown";
import { nginxDialect } from "./nginx/dialect";
import { nginxFiles } from "./nginx/files";
import { hostMediaFiles } from "./nginx/media";
import { checkedName, checkedNetwork, checkedPath, prefixPattern, realAddressFrom, serverNames } from "./nginx/text";
import { rootFileRule } from "./nginx/rootFiles";
import { webLocations } from "./nginx/webLocations";
import { telemetryFiles } from "./telemetry";
import type { FirewallPlan } from "../hosts/plan";
import type { Platform } from "../hosts/platforms";
import type { Settings } from "../settings";
import { mostStreams } from "../settings/relations/streams";
import { systemFiles } from "./system";

export interface WebPlan {
  platform: Platform;
  /** Addresses whose headers about the client are trusted; none when the host faces the internet itself. */
  balancerAddresses: readonly string[];
  /** The balancer of a cloud in front of so many hosts; absent where it is our own Nginx, which limits clients itself. */
  cloudBalancer?: { hosts: number };
  /** Names and addresses by which clients know the site; the first one is the Host of health checks. */
  siteNames: readonly string[];
  /** Absent where it has no firewall of the stack's. */
  firewall?: FirewallPlan;
  /** The processes of the application that it runs; absent: all of them. */
  processes?: readonly string[];
  /** Its schedules; absent: all of them. */
  schedules?: readonly string[];
  /** Where the host sends its measures and logs; absent where nobody collects them. */
  telemetry?: Telemetry;
}

/** How much longer than the balancer a host is patient with it. */
const patienceSeconds = 5;
/** A client's pauses at the balancer reach a host as longer ones. */
const longestPauseSeconds = 3600;
const nginx = "web/etc/portico/nginx";
const nginxDropIns = "web/etc/systemd/system/portico-nginx.service.d";

/** All files of an application host, sorted by path; they hold no secret and are known at plan time. */
export function webFiles(settings: Settings, plan: WebPlan): HostFile[] {
  return sortedByPath([
    ...systemFiles(settings),
    ...firewallFiles(plan.firewall),
    ...webServiceFiles(plan.firewall, plan.balancerAddresses),
    ...nginxFiles(settings, { ...plan, behindOurBalancer: isBehindOurBalancer(plan) }),
    ...webRoleFiles(settings, plan, isBehindOurBalancer(plan)),
    fromTemplate(`${nginxDropIns}/50-web.conf`, { effect: "nginxUnit" }),
  ]);
}

/** What makes a host an application host, whatever else it is. `addsPolicy` where it has no headers for clients otherwise. */
export function webRoleFiles(settings: Settings, plan: WebPlan, addsPolicy = false): HostFile[] {
  return [
    ...webNginxFiles(settings, plan),
    ...hostMediaFiles(settings, closes(plan), addsPolicy),
    fromTemplate(`${nginxDropIns}/50-app.conf`, { effect: "nginxUnit" }),
    ...appFiles(settings),
    ...processFiles(settings, plan.platform, plan.processes ?? Object.keys(settings.app.processes)),
    ...scheduleFiles(settings, plan.schedules ?? Object.keys(settings.app.schedules)),
    ...applicationRuleFiles(plan.firewall, settings),
    ...telemetryFiles(plan.telemetry),
  ];
}

function webNginxFiles(settings: Settings, plan: WebPlan): HostFile[] {
  const { app } = settings;
  return [
    fromTemplate(`${nginx}/sites/web.conf`, { effect: "nginx", values: siteValues(settings, plan) }),
    fromTemplate(`${nginx}/web/server.conf`, { effect: "nginx", values: serverValues(settings, plan) }),
    ...callerRule(plan),
    fromTemplate(`${nginx}/web/client.conf`, { effect: "nginx", values: clientValues(settings, plan) }),
    fromTemplate(`${nginx}/web/request.conf`, { effect: "nginx", values: requestValues(settings, plan) }),
    ...["request-proxy.conf", "unreached.conf"].map((name) =>
      fromTemplate(`${nginx}/web/${name}`, { effect: "nginx" }),
    ),
    fromTemplate(`${nginx}/web/upstream.conf`, { effect: "nginx", values: { mostStreams: streamLimit(settings) } }),
    fromTemplate(`${nginx}/web/assets.conf`, {
      effect: "nginx",
      values: { staticUrlPattern: prefixPattern(app.staticUrl), rootFileRule: rootFileRule(app) },
    }),
    fromTemplate(`${nginx}/web/app-proxy.conf`, { effect: "nginx", values: proxyValues(settings.nginx) }),
    ...otherNames(settings),
    ...webLocations(settings, closes(plan)),
  ];
}

function isBehindOurBalancer({ balancerAddresses, cloudBalancer }: WebPlan): boolean {
  return balancerAddresses.length > 0 && cloudBalancer === undefined;
}

/** A balancer of ours keeps connections for requests that it may send again; one of a cloud for all. */
function closes({ platform, cloudBalancer }: WebPlan): boolean {
  return cloudBalancer !== undefined && nginxDialect(platform).closesBeforeReload;
}

/**
 * Not the names in its certificate: a server that verifies clients answers 421 where the name of the handshake is one of
 * its names and the request is for another.
 */
function siteValues(settings: Settings, { platform, siteNames, cloudBalancer }: WebPlan) {
  const { app } = settings;
  const elsewhere = redirectedNames(settings);
  const served = siteNames.filter((name) => !elsewhere.includes(name));
  return {
    tlsListen: nginxDialect(platform).tlsListen,
    livePath: checkedPath(app.livePath),
    media: settings.nginx.media.length > 0 ? "include web/media.conf;" : "",
    serverNames: serverNames(cloudBalancer === undefined ? served : [...served, webServerName]),
  };
}

/** Names that lead to the first one; none where each serves the site. */
function redirectedNames({ site: { domains, redirectOtherDomains } }: Settings): readonly string[] {
  return redirectOtherDomains ? domains.slice(1) : [];
}

function otherNames(settings: Settings): HostFile[] {
  const names = redirectedNames(settings);
  if (names.length === 0) return [];
  const values = { otherNames: serverNames(names), firstName: checkedName(settings.site.domains[0]!) };
  return [fromTemplate(`${nginx}/sites/other-names.conf`, { effect: "nginx", values })];
}

/** Whom the host answers. A balancer of a cloud shows no certificate: there the firewall lets nobody else in. */
function callerRule({ cloudBalancer }: WebPlan): HostFile[] {
  if (cloudBalancer !== undefined) return [];
  const { anyCaller, callerRule: rule } = contract.paths;
  return [fromTemplate(`web${rule}`, { effect: "nginx", values: { anyCaller } })];
}

function streamLimit(settings: Settings): string {
  const streams = mostStreams(settings);
  return streams === undefined ? "" : ` max_conns=${streams}`;
}

/** The balancer gives up first: else it would send a request on a connection that the host has closed. */
function serverValues({ balancer: { idleTimeoutSeconds }, nginx }: Settings, { cloudBalancer }: WebPlan) {
  const clientHeaderSeconds = idleTimeoutSeconds + patienceSeconds;
  const sendSeconds = Math.max(longestPauseSeconds, 2 * nginx.sendTimeoutSeconds, clientHeaderSeconds);
  return {
    clientHeaderSeconds,
    sendSeconds,
    proxyReadTimeoutSeconds: nginx.proxyReadTimeoutSeconds,
    callerRule: cloudBalancer === undefined ? "include web/caller.conf;" : "",
    ...hostRequestBuffers(nginx),
  };
}

function proxyValues(nginx: Settings["nginx"]) {
  const { proxyReadTimeoutSeconds, proxyMaxTempFileMegabytes } = nginx;
  return { proxyReadTimeoutSeconds, proxyMaxTempFileMegabytes, ...hostAnswerBuffers(nginx) };
}

/** What stands before a balancer of ours, that one has checked. */
function clientValues({ site }: Settings, { balancerAddresses, cloudBalancer }: WebPlan) {
  const trustedProxies = cloudBalancer === undefined ? [] : site.trustedProxies;
  return {
    recursive: trustedProxies.length > 0 ? "on" : "off",
    realAddressFrom: realAddressFrom([...balancerAddresses, ...trustedProxies]),
  };
}

function requestValues({ app }: Settings, { siteNames, balancerAddresses }: WebPlan) {
  return {
    // An application may have one path for both, which Nginx takes only once.
    checkPaths: [...new Set([app.livePath, app.readyPath])].map((path) => `"${checkedPath(path)}" "";`).join("\n"),
    balancerAddresses: [...new Set(balancerAddresses)].map((address) => `${checkedNetwork(address)} 1;`).join("\n"),
    firstSiteName: checkedName(siteNames[0] ?? webServerName),
    siteNames: [...new Set(siteNames)].map((name) => `"${checkedName(name)}" $host;`).join("\n"),
  };
}
