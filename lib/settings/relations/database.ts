import ipaddr from "ipaddr.js";
import { localAddresses } from "../../base/addresses";
import type { Fault } from "../faults";
import type { Settings } from "../schema";

/** The name of the secret that the stack makes where it has a database. */
export const databaseSecret = "databaseUrl";

/** What keeps an application from the database of a local stack. */
export function databaseFaults(settings: Settings): Fault[] {
  const { target, local, app } = settings;
  if (target !== "local" || local.database === "none") return [];
  const faults: Fault[] = (["secrets", "generatedSecrets"] as const)
    .filter((list) => app[list].includes(databaseSecret))
    .map((list) => ({
      key: `app.${list}`,
      value: databaseSecret,
      allowed: "names that the stack does not make itself, as it makes this one with local.database",
      remedy: "remove it, or set local.database: none",
    }));
  if (app.network === "none")
    faults.push({
      key: "app.network",
      value: app.network,
      allowed: "outbound with local.database, which is reached by TCP",
      remedy: "set app.network: outbound, or local.database: none",
    });
  return [...faults, ...rangeFaults(settings)];
}

/** A range that is no valid one has a fault of its own. */
function rangeFaults({ local, firewall: { rules, outboundRanges } }: Settings): Fault[] {
  if (rules === "none" || outboundRanges === null || !ipaddr.IPv4.isValidCIDR(local.addressRange)) return [];
  const { database } = localAddresses(local.addressRange, 0);
  if (outboundRanges.some((range) => holds(range, database))) return [];
  return [
    {
      key: "firewall.outboundRanges",
      value: outboundRanges,
      allowed: `ranges with the address of local.database (${database})`,
      remedy: `add ${database}`,
    },
  ];
}

function holds(range: string, address: string): boolean {
  if (range.includes(":")) return false;
  const network = range.includes("/") ? range : `${range}/32`;
  return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(network));
}
