import { contract } from "../base/contract";
import { acmeFiles, challengeLine } from "./acme";
import { balancerServiceFiles, firewallFiles } from "./firewall";
import { balancerAnswerBuffers, balancerRequestBuffers } from "./nginx/headerLimits";
import { sortedByPath, type HostFile } from "./hostFile";
import { fromTemplate } from "./templates";
import { closing } from "./nginx/closing";
import { nginxDialect } from "./nginx/dialect";
import { nginxFiles } from "./nginx/files";
import { balancerMediaFiles } from "./nginx/media";
import { rootFileLocation } from "./nginx/rootFiles";
import { checkedPath, pathPattern, realAddressFrom, serverNames } from "./nginx/text";
import type { FirewallPlan } from "../hosts/plan";
import type { Platform } from "../hosts/platforms";
import type { Settings } from "../settings";
import { systemFiles } from "./system";
import { serverLines, healthCheckFiles, hostNames, verifiedName } from "./healthCheck";

export interface BalancerPlan {
  platform: Platform;
  /** The application hosts behind the balancer; at least one. */
  webHosts: readonly { name: string; address: string }[];
  /** Names and addresses by which clients know the site. */
  siteNames: readonly string[];
  /** Absent where it has no firewall of the stack's. */
  firewall?: FirewallPlan;
}

/** Of a connection to a host; Nginx's own default. */
const longestIdleSeconds = 60;
const nginx = "edge/etc/portico/nginx";

/** All files of the balancer, sorted by path; they hold no secret and are known at plan time. */
export function balancerFiles(settings: Settings, plan: BalancerPlan): HostFile[] {
  return sortedByPath([
    ...systemFiles(settings),
    ...firewallFiles(plan.firewall),
    ...nginxFiles(settings, { ...plan, balancerAddresses: [], ...balancerNginx(settings) }),
    ...balancerRoleFiles(settings, plan),
  ]);
}

/**
 * What Nginx is made of where it balances: old workers may stay for as long as a stream may be silent. A host that is taken
 * out or back costs a reload, which is not to end the streams to all others.
 */
export function balancerNginx({ app, nginx: { workerShutdownTimeoutSeconds, streamReadTimeoutSeconds } }: Settings) {
  const longest = app.streamPaths.length > 0 ? streamReadTimeoutSeconds : 0;
  return { workerShutdownSeconds: Math.max(workerShutdownTimeoutSeconds, longest) };
}

/** What makes a host the balancer, whatever else it is. */
export function balancerRoleFiles(settings: Settings, plan: BalancerPlan): HostFile[] {
  const { idleTimeoutSeconds } = settings.balancer;
  return [
    ...balancerServiceFiles(plan.firewall),
    fromTemplate(`edge${contract.paths.balancerSite}`, { effect: "nginx", values: siteValues(settings, plan) }),
    fromTemplate(`${nginx}/edge/client.conf`, {
      effect: "nginx",
      values: { trustedProxies: realAddressFrom(settings.site.trustedProxies) },
    }),
    fromTemplate(`${nginx}/edge/server.conf`, { effect: "nginx", values: serverValues(settings) }),
    fromTemplate(`${nginx}/edge/upstream.conf`, { effect: "nginx", values: upstreamValues(settings, plan) }),
    fromTemplate(`${nginx}/edge/request-proxy.conf`, { effect: "nginx" }),
    fromTemplate(`${nginx}/edge/host-proxy.conf`, {
      effect: "nginx",
      values: {
        hostName: verifiedName(plan.webHosts),
        idleTimeoutSeconds,
        ...patience(idleTimeoutSeconds),
        ...balancerAnswerBuffers(settings.nginx),
      },
    }),
    ...locations(settings, plan),
    ...healthCheckFiles(plan.webHosts),
    ...acmeFiles(settings),
    fromTemplate("edge/etc/systemd/system/portico-nginx.service.d/50-edge.conf", { effect: "nginxUnit" }),
    fromTemplate("edge/etc/systemd/system/portico-nginx.service.d/60-restart.conf", { effect: "systemd" }),
  ];
}

function siteValues(settings: Settings, { platform, siteNames }: BalancerPlan) {
  const { tlsListen } = nginxDialect(platform);
  return { tlsListen, serverNames: serverNames(siteNames), challenge: challengeLine(settings) };
}

/** The balancer closes an idle connection first: a host that does may close one that a request is on its way on. */
function upstreamValues({ nginx: { keepaliveTimeoutSeconds } }: Settings, { webHosts }: BalancerPlan) {
  return {
    hostNames: hostNames(webHosts),
    servers: serverLines(webHosts),
    keptSeconds: Math.min(longestIdleSeconds, keepaliveTimeoutSeconds - 1),
  };
}

function serverValues({ balancer: { idleTimeoutSeconds }, nginx }: Settings) {
  const { requestBuffers, requestFieldKilobytes } = balancerRequestBuffers(nginx);
  return { idleTimeoutSeconds, requestBuffers, requestFieldKilobytes };
}

/**
 * Time for the health check to find a host that is gone (8 s, and its connections end) or for hosts that do not shake hands,
 * and less than any wait for an answer: a late answer is not retried.
 */
function patience(idleTimeoutSeconds: number) {
  const nextHostSeconds = Math.min(15, idleTimeoutSeconds - 1);
  return { nextHostSeconds, handshakeSeconds: Math.min(4, Math.floor(nextHostSeconds / 2)) };
}

function locations(settings: Settings, { platform }: BalancerPlan): HostFile[] {
  const {
    app,
    nginx: { streamReadTimeoutSeconds },
  } = settings;
  const { closesBeforeReload } = nginxDialect(platform);
  const sign = (number: number) => closing(closesBeforeReload, number);
  const files = [
    fromTemplate(`${nginx}/edge/locations/hosts.conf`, { effect: "nginx", values: sign(418) }),
    ...balancerMediaFiles(settings, closesBeforeReload),
  ];
  if (app.staticFolder !== null) {
    files.push(
      fromTemplate(`${nginx}/edge/locations/static.conf`, {
        effect: "nginx",
        values: { ...sign(420), staticUrl: checkedPath(app.staticUrl) },
      }),
    );
  }
  files.push(...rootFileLocation(`${nginx}/edge`, app, sign(420)));
  if (closesBeforeReload) files.push(fromTemplate(`edge${contract.paths.closingRule}`, { effect: "nginx" }));
  if (closesBeforeReload || app.streamPaths.length > 0)
    files.push(
      fromTemplate(`${nginx}/edge/stream-proxy.conf`, { effect: "nginx", values: { streamReadTimeoutSeconds } }),
    );
  if (app.streamPaths.length > 0) {
    const values = { streamPathPattern: pathPattern(app.streamPaths), ...sign(419) };
    files.push(fromTemplate(`${nginx}/edge/locations/streams.conf`, { effect: "nginx", values }));
  }
  return files;
}
