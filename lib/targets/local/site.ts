import path from "node:path";
import { localAddresses, type LocalAddresses } from "../../base/addresses";
import { findRangeConflict, lacksProgram } from "./machineState";
import { findNamespaceObstacle } from "./userNamespaces";
import { platforms } from "../../hosts/platforms";
import type { FirewallPlan, SitePlan } from "../../hosts/plan";
import { sshPort } from "../../hosts/wellKnown";
import { planFirewall } from "../../hosts/firewall";
import { SettingsError, type Settings } from "../../settings";
import { bridgeName, type StackFolders } from "../../stack/stateFolder";

/** Where the machines of target `local` will be. Throws a SettingsError when this computer cannot have them there. */
export function planLocalSite(settings: Settings, folders: StackFolders): SitePlan {
  const { local, site } = settings;
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
    firewall: planLocalFirewall(settings, folders, addresses),
    hosts: [
      ...addresses.web.map((host) => ({ ...host, ...kind, roles: ["web"] as const })),
      { name: "balancer", address: addresses.balancer, ...kind, roles: ["balancer"] },
    ],
  };
}

/** Machines that were made before their image had a packet filter cannot get one: no route leads from them to a package source. */
export const firewallProgram = "usr/sbin/nft";

/** Names of such machines. */
export function machinesWithoutFirewall({ local }: Settings, { machines }: Pick<StackFolders, "machines">): string[] {
  const names = ["balancer", ...localAddresses(local.addressRange, local.webMachines).web.map(({ name }) => name)];
  return names.filter((name) => lacksProgram(path.resolve(machines, name), firewallProgram));
}

function planLocalFirewall(
  settings: Settings,
  folders: StackFolders,
  { gateway }: LocalAddresses,
): FirewallPlan | undefined {
  const { rules } = settings.firewall;
  const without = machinesWithoutFirewall(settings, folders);
  if (without.length === 0) {
    // The whole range: another machine changes nothing on those that are there.
    const hostAddresses = [settings.local.addressRange];
    return planFirewall(settings, { sshRanges: [gateway], sshPorts: [sshPort], hostAddresses });
  }
  if (rules !== "ours") return undefined;
  throw new SettingsError([
    {
      key: "firewall.rules",
      value: rules,
      allowed: `auto or none: ${without.join(", ")} was made before machines had nftables`,
      remedy: "set one of these, or make the machines anew: npm run destroy, then npm start",
    },
  ]);
}
