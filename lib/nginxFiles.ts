import type { HostFile } from "./hostFile";
import { fromTemplate } from "./hostTemplates";
import { nginxDialect } from "./nginxDialect";
import { checkedNetwork } from "./nginxText";
import type { Platform } from "./platforms";
import { securityHeaderValues } from "./securityHeaders";
import type { Settings } from "./settings";

/** Beyond worker_shutdown_timeout, before systemd kills what is left. */
const stopMarginSeconds = 5;
/** Two sockets, a temporary file, a file that is sent. */
const descriptorsOfConnection = 4;
const nginx = "common/etc/portico/nginx";

export interface NginxPlan {
  platform: Platform;
  balancerAddresses: readonly string[];
}

/**
 * What Nginx is made of on every host; each role adds its own site. Of `balancerAddresses` it believes what they say
 * about a request.
 */
export function nginxFiles(settings: Settings, { platform, balancerAddresses }: NginxPlan): HostFile[] {
  const dialect = nginxDialect(platform);
  const unchanged = ["error-pages.conf", "log.conf", "mime.types", "status.conf", "upgrade.conf"];
  return [
    fromTemplate(`${nginx}/nginx.conf`, { effect: "nginx", values: coreValues(settings) }),
    fromTemplate(`${nginx}/${dialect.file}`, { effect: "nginx", as: "dialect.conf" }),
    fromTemplate(`${nginx}/tls.conf`, { effect: "nginx", values: { tlsGroups: dialect.tlsGroups } }),
    fromTemplate(`${nginx}/headers.conf`, { effect: "nginx", values: securityHeaderValues(settings) }),
    fromTemplate(`${nginx}/trust.conf`, { effect: "nginx", values: { balancerAddresses: trusted(balancerAddresses) } }),
    ...unchanged.map((name) => fromTemplate(`${nginx}/${name}`, { effect: "nginx" })),
    ...errorPages(),
    nginxUnit(settings, dialect.earlyErrorLog),
    fromTemplate("common/etc/logrotate.d/portico", { effect: "none" }),
  ];
}

function trusted(addresses: readonly string[]): string {
  return addresses.map((address) => `${checkedNetwork(address)} 1;`).join("\n");
}

function coreValues({ nginx }: Settings) {
  return {
    workerConnections: nginx.workerConnections,
    descriptors: descriptors(nginx),
    workerShutdownTimeoutSeconds: nginx.workerShutdownTimeoutSeconds,
    keepaliveTimeoutSeconds: nginx.keepaliveTimeoutSeconds,
    clientMaxBodyMegabytes: nginx.clientMaxBodyMegabytes,
  };
}

function errorPages(): HostFile[] {
  return ["404", "413", "429", "unavailable"].map((page) => fromTemplate(`${nginx}/pages/${page}.html`, { effect: "none" }));
}

function nginxUnit({ nginx }: Settings, earlyErrorLog: string): HostFile {
  const values = { earlyErrorLog, descriptors: descriptors(nginx), stopSeconds: nginx.workerShutdownTimeoutSeconds + stopMarginSeconds };
  return fromTemplate("common/etc/systemd/system/portico-nginx.service", { effect: "nginxUnit", values });
}

function descriptors({ workerConnections }: Settings["nginx"]): number {
  return workerConnections * descriptorsOfConnection;
}
