import { contract } from "../base/contract";
import type { HostFile } from "./hostFile";
import { fromTemplate } from "./templates";
import { webPort, webServerName } from "../hosts/wellKnown";
import { hostAddress } from "./nginx/text";

export interface BalancedHost {
  name: string;
  address: string;
}

const { healthCheckUnit, unreachedUnit } = contract.names;

/** Units of it that start at boot. */
export const healthCheckUnits = [healthCheckUnit, unreachedUnit];

/** Nginx's list of hosts, which the health check writes. */
export const serverList = contract.paths.serverList;

/** Whether there is a choice between hosts: a single one is never taken out, so its health is not checked. */
export function hasHealthCheck(webHosts: readonly BalancedHost[]): boolean {
  return webHosts.length > 1;
}

/** The balancer's health check of the hosts behind it; nothing where there is one. */
export function healthCheckFiles(webHosts: readonly BalancedHost[]): HostFile[] {
  if (!hasHealthCheck(webHosts)) return [];
  const hosts = webHosts
    .map((host) => JSON.stringify({ name: host.name, address: host.address, server: serverWords(host) }))
    .join(",\n");
  return [
    // Nginx's list is made of it.
    fromTemplate(`edge${contract.paths.balancedHosts}`, { effect: "nginx", values: { hosts } }),
    ...[healthCheckUnit, unreachedUnit, unreachedUnit.replace(".path", ".service")].map((unit) =>
      fromTemplate(`edge${contract.paths.units}/${unit}`, { effect: "systemd" }),
    ),
  ];
}

/** What stands in Nginx's list of hosts: the list itself where the health check writes it, else the only host. */
export function serverLines(webHosts: readonly BalancedHost[]): string {
  if (webHosts.length === 0)
    throw new Error("webHosts: got none; allowed: at least one application host; add a machine");
  return hasHealthCheck(webHosts) ? `include ${serverList};` : `server ${serverWords(webHosts[0]!)};`;
}

/** What Nginx verifies in a certificate: the host's own name; of an only host, whose place none can take, the shared one. */
export function verifiedName(webHosts: readonly BalancedHost[]): string {
  return hasHealthCheck(webHosts) ? "$host_name" : webServerName;
}

/** The names by the address that Nginx speaks to; nothing where there is one host. The health check writes them. */
export function hostNames(webHosts: readonly BalancedHost[]): string {
  if (!hasHealthCheck(webHosts)) return "";
  return [
    "# The name of the host that a connection is made to: the last one of those that were tried. volatile: each try is",
    "# another one.",
    "map $upstream_addr $host_name {",
    "    volatile;",
    "    default none.invalid;",
    `    include ${contract.paths.hostNames};`,
    "}",
  ].join("\n");
}

function serverWords({ address }: BalancedHost): string {
  return `${hostAddress(address)}:${webPort} max_fails=0`;
}
