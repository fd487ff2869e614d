import { contract } from "../../base/contract";
import { balancerRequestBuffers } from "./headerLimits";
import { errorPages } from "./errorPages";
import {
  appLimits,
  limitValues,
  mediaLimits,
  serverLimits,
  shareOf,
  streamLimits,
  type ClientLimits,
} from "./clientLimits";
import type { HostFile } from "../hostFile";
import { fromTemplate } from "../templates";
import { nginxDialect, type NginxDialect } from "./dialect";
import { checkedNetwork } from "./text";
import type { Platform } from "../../hosts/platforms";
import { securityHeaderValues } from "./securityHeaders";
import type { Settings } from "../../settings";

/** Beyond worker_shutdown_timeout, before systemd kills what is left. */
const stopMarginSeconds = 5;
/** Two sockets, a temporary file, a file that is sent. */
const descriptorsOfConnection = 4;
/** What the setting allows. */
const mostConnections = 65535;
const nginx = "common/etc/portico/nginx";

export interface NginxPlan {
  platform: Platform;
  balancerAddresses: readonly string[];
  /** The balancer of a cloud in front of so many hosts; absent where it is our own Nginx, which limits clients itself. */
  cloudBalancer?: { hosts: number };
  /** Whether a balancer of ours stands before this Nginx, and adds the security headers. */
  behindOurBalancer?: boolean;
  /** How long old workers may finish after a reload, where it is not as long as the settings say for hosts. */
  workerShutdownSeconds?: number;
}

/**
 * What Nginx is made of on every host; each role adds its own site. It trusts what `balancerAddresses` send about a
 * request.
 */
export function nginxFiles(
  settings: Settings,
  { platform, balancerAddresses, cloudBalancer, behindOurBalancer = false, workerShutdownSeconds }: NginxPlan,
): HostFile[] {
  const dialect = nginxDialect(platform);
  const { rateLimits } = settings.nginx;
  const limits = cloudBalancer === undefined ? rateLimits : shareOf(rateLimits, cloudBalancer.hosts);
  const ofOwnBalancer = cloudBalancer === undefined ? "$from_balancer" : "0";
  const unchanged = ["error-pages.conf", "log.conf", "mime.types", "status.conf", "upgrade.conf"];
  return [
    fromTemplate(`common${contract.paths.nginxConfiguration}`, {
      effect: "nginx",
      values: coreValues(settings, workerShutdownSeconds),
    }),
    fromTemplate(`${nginx}/${dialect.file}`, {
      effect: "nginx",
      as: "dialect.conf",
      values: dialectValues(settings, dialect),
    }),
    fromTemplate(`${nginx}/tls.conf`, { effect: "nginx", values: { tlsGroups: dialect.tlsGroups } }),
    ...headers(settings, !behindOurBalancer),
    fromTemplate(`${nginx}/trust.conf`, {
      effect: "nginx",
      values: { balancerAddresses: trusted(balancerAddresses), balancerMakesId: ofOwnBalancer },
    }),
    fromTemplate(`${nginx}/limits.conf`, {
      effect: "nginx",
      values: { ...limitValues(limits, settings.nginx.media.length > 0), countedBefore: ofOwnBalancer },
    }),
    ...limited(limits, settings),
    ...unchanged.map((name) => fromTemplate(`${nginx}/${name}`, { effect: "nginx" })),
    ...errorPages(settings),
    nginxUnit(settings, dialect.earlyErrorLog),
    fromTemplate("common/etc/logrotate.d/portico", { effect: "none" }),
  ];
}

function headers(settings: Settings, forClients: boolean): HostFile[] {
  const securityHeaders = forClients ? "include security-headers.conf;" : "";
  const files = [fromTemplate(`${nginx}/headers.conf`, { effect: "nginx", values: { securityHeaders } })];
  if (forClients)
    files.push(
      fromTemplate(`${nginx}/security-headers.conf`, { effect: "nginx", values: securityHeaderValues(settings) }),
    );
  return files;
}

function limited(limits: ClientLimits, { nginx: { media } }: Settings): HostFile[] {
  const values = {
    server: serverLimits(limits),
    app: appLimits(limits),
    streams: streamLimits(limits),
    ...(media.length > 0 ? { media: mediaLimits(limits) } : {}),
  };
  return Object.entries(values).map(([place, ofPlace]) =>
    fromTemplate(`${nginx}/limited/${place}.conf`, { effect: "nginx", values: ofPlace }),
  );
}

function trusted(addresses: readonly string[]): string {
  return addresses.map((address) => `${checkedNetwork(address)} 1;`).join("\n");
}

function coreValues({ nginx }: Settings, workerShutdownSeconds = nginx.workerShutdownTimeoutSeconds) {
  return {
    requestErrorLevel: nginx.logRequestErrors ? "warn" : "emerg",
    workerConnections: nginx.workerConnections,
    descriptors: descriptors(nginx),
    workerShutdownSeconds,
    keepaliveTimeoutSeconds: nginx.keepaliveTimeoutSeconds,
    clientBodyTimeoutSeconds: nginx.clientBodyTimeoutSeconds,
    sendTimeoutSeconds: nginx.sendTimeoutSeconds,
    clientMaxBodyMegabytes: nginx.clientMaxBodyMegabytes,
  };
}

function dialectValues(settings: Settings, { limitsHttp2, closesBeforeReload }: NginxDialect) {
  return {
    ...(limitsHttp2 ? http2Limits(settings) : {}),
    ...(closesBeforeReload ? {} : { closingSeconds: contract.limits.closingSeconds }),
  };
}

function http2Limits({ nginx }: Settings) {
  const { requestFieldKilobytes, requestHeaderKilobytes } = balancerRequestBuffers(nginx);
  return { requestFieldKilobytes, requestHeaderKilobytes };
}

function nginxUnit({ nginx }: Settings, earlyErrorLog: string): HostFile {
  const values = {
    earlyErrorLog,
    mostDescriptors: mostConnections * descriptorsOfConnection,
    stopSeconds: nginx.workerShutdownTimeoutSeconds + stopMarginSeconds,
  };
  return fromTemplate(`common${contract.paths.units}/${contract.names.nginxUnit}`, { effect: "nginxUnit", values });
}

function descriptors({ workerConnections }: Settings["nginx"]): number {
  return workerConnections * descriptorsOfConnection;
}
