import path from "node:path";
import { localAddresses } from "../../base/addresses";
import { findRangeConflict } from "./machineState";
import { platforms } from "../../hosts/platforms";
import type { SitePlan } from "../../hosts/plan";
import { SettingsError, type Settings } from "../../settings";
import { bridgeName, type StackFolders } from "../../stack/stateFolder";

/** Where the machines of target `local` will be. Throws a SettingsError when their range is in use elsewhere. */
export function planLocalSite({ local, site }: Settings, folders: StackFolders): SitePlan {
  const problem = findRangeConflict(local.addressRange, bridgeName(folders.root), path.resolve(folders.root));
  if (problem !== undefined) {
    throw new SettingsError([
      { key: "local.addressRange", value: local.addressRange, allowed: problem, remedy: "set another private range" },
    ]);
  }
  const addresses = localAddresses(local.addressRange, local.webMachines);
  const kind = { platform: platforms[local.platform], architecture: "x86_64" } as const;
  return {
    siteNames: [...site.domains, addresses.balancer],
    balancerAddresses: [addresses.balancer],
    hosts: [
      ...addresses.web.map((host) => ({ ...host, ...kind, roles: ["web"] as const })),
      { name: "balancer", address: addresses.balancer, ...kind, roles: ["balancer"] },
    ],
  };
}
