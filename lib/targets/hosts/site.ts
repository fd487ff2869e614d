import type { CheckedHost } from "./doctor";
import { sha256 } from "../../base/digest";
import { sitePorts, sshPort, webPort } from "../../hosts/wellKnown";
import { platforms } from "../../hosts/platforms";
import { architectureOf } from "../../release/python/platformTags";
import { planFirewall } from "../../hosts/firewall";
import { packagesOf, type FirewallPlan, type HostPlan, type SitePlan } from "../../hosts/plan";
import type { HostsSettings, Settings } from "../../settings";
import { systemMegabytes, webMegabytes } from "../../settings/relations/hostMemory";

export type GivenHost = HostsSettings["machines"][number];

/** Releases with their environments; files and logs of Nginx. */
const webDiskMegabytes = 1024;
const balancerDiskMegabytes = 512;

/** Application hosts in the order in which they switch: the one that faces the clients last, when all behind it serve. */
export function webHostsOf({ machines }: HostsSettings): GivenHost[] {
  const web = machines.filter(({ roles }) => roles.includes("web"));
  return [...web.filter((host) => !balances(host)), ...web.filter(balances)];
}

export function balances({ roles }: GivenHost): boolean {
  return roles.includes("balancer");
}

/** Where the deployer finds sshd. */
export function sshAddressOf({ sshAddress, address }: GivenHost): string {
  return sshAddress ?? address;
}

/** Given hosts as the rest of the program sees hosts. */
export function givenSite(settings: Settings, { machines }: HostsSettings): SitePlan {
  const balancers = machines.filter(balances).map(({ address }) => address);
  return {
    siteNames: [...settings.site.domains, ...balancers],
    balancerAddresses: balancers,
    firewall: planGivenFirewall(settings, { machines }),
    hosts: machines.map(planHost),
  };
}

/** The port that leads to sshd from outside may be that of a router before it, which passes on to the usual one. */
function planGivenFirewall(settings: Settings, { machines }: HostsSettings): FirewallPlan | undefined {
  const sshPorts = [...new Set([sshPort, ...machines.map((machine) => machine.sshPort)])];
  return planFirewall(settings, { sshRanges: null, sshPorts, hostAddresses: machines.map(({ address }) => address) });
}

function planHost({ name, address, roles, platform, architecture }: GivenHost): HostPlan {
  const sorted = (["web", "balancer"] as const).filter((role) => roles.includes(role));
  return { name, address, roles: sorted, platform: platforms[platform], architecture: architectureOf(architecture) };
}

/** What distinguishes a host from the one that had its name before. A new installation has another host key. */
export function identityOf({ address, sshAddress, sshPort, hostKey, platform }: GivenHost): string {
  return sha256(JSON.stringify([address, sshAddress, sshPort, hostKey, platform])).slice(0, 16);
}

/** A balancer on the same host comes from the host itself. */
function otherBalancers(machines: readonly GivenHost[], { name }: GivenHost): string[] {
  return machines.filter((each) => balances(each) && each.name !== name).map(({ address }) => address);
}

/** What the doctor looks for. */
export function checkedHosts(settings: Settings, { machines }: HostsSettings, loginKey: string): CheckedHost[] {
  const ownFirewall = planGivenFirewall(settings, { machines }) !== undefined;
  return machines.map((host) => {
    const { name, roles, platform, architecture } = planHost(host);
    const web = roles.includes("web");
    return {
      name,
      connection: {
        host: sshAddressOf(host),
        port: host.sshPort,
        user: host.user,
        privateKey: loginKey,
        hostKey: host.hostKey,
      },
      platform: platform.id,
      python: platform.python,
      architecture,
      packages: packagesOf(roles, settings, ownFirewall),
      memoryMegabytes: web ? webMegabytes(settings) : systemMegabytes,
      diskMegabytes: web ? webDiskMegabytes : balancerDiskMegabytes,
      ports: [...(web ? [webPort] : []), ...(roles.includes("balancer") ? sitePorts : [])],
      ownFirewall,
      admissions: [
        ...(roles.includes("balancer") ? [{ ports: sitePorts, from: null }] : []),
        ...(web ? [{ ports: [webPort], from: otherBalancers(machines, host) }] : []),
      ],
    };
  });
}
