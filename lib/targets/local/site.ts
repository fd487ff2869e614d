import path from "node:path";
import { localAddresses } from "../../base/addresses";
import { findRangeConflict } from "./machineState";
import { findNamespaceObstacle } from "./userNamespaces";
import { platforms } from "../../hosts/platforms";
import type { SitePlan } from "../../hosts/plan";
import { SettingsError, type Settings } from "../../settings";
import { bridgeName, type StackFolders } from "../../stack/stateFolder";

/** Where the machines of target `local` will be. Throws a SettingsError when this computer cannot have them there. */
export function planLocalSite({ local, site }: Settings, folders: StackFolders): SitePlan {
  const obstacle = findNamespaceObstacle();
  if (obstacle !== undefined) {
    const allowed = `a computer that gives each machine a user namespace (${obstacle.found})`;
    const remedy = `${obstacle.remedy}, or choose another target`;
    throw new SettingsError([{ key: "target", value: "local", allowed, remedy }]);
  }
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
