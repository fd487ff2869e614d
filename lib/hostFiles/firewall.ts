import { isIPv6 } from "node:net";
import { contract } from "../base/contract";
import { appUser, sitePorts, webPort } from "../hosts/wellKnown";
import type { FirewallPlan } from "../hosts/plan";
import type { Settings } from "../settings";
import type { HostFile } from "./hostFile";
import { checkedNetwork } from "./nginx/text";
import { fromTemplate } from "./templates";

const rules = { effect: "firewall" } as const;
/** At once: what is only dropped the application would wait for. */
const refuse = "reject with icmpx type admin-prohibited";

/** The unit that loads the rules, and those of every host. Nothing where the stack has no firewall of its own. */
export function firewallFiles(firewall: FirewallPlan | undefined): HostFile[] {
  if (firewall === undefined) return [];
  const { sshRanges, sshPorts } = firewall;
  const ssh = `tcp dport ${set(sshPorts)} accept`;
  const sshRules = sshRanges === null ? ssh : rulesFor("saddr", sshRanges, ssh);
  return [
    fromTemplate(`common${contract.paths.firewall}`, { ...rules, values: { sshRules } }),
    fromTemplate(`common${contract.paths.units}/${contract.names.firewallUnit}`, { effect: "systemd" }),
  ];
}

/** What a host serves that does not balance: only to its balancer. */
export function webServiceFiles(firewall: FirewallPlan | undefined, balancerAddresses: readonly string[]): HostFile[] {
  if (firewall === undefined) return [];
  const balancerRules = rulesFor("saddr", balancerAddresses, `tcp dport ${webPort} accept`);
  return [fromTemplate("web/etc/portico/firewall/services.nft", { ...rules, values: { balancerRules } })];
}

/** What a balancer serves to everybody. */
export function balancerServiceFiles(firewall: FirewallPlan | undefined): HostFile[] {
  if (firewall === undefined) return [];
  const values = { ports: sitePorts.join(", ") };
  return [fromTemplate("edge/etc/portico/firewall/services.nft", { ...rules, values })];
}

/** What the application may not reach. */
export function applicationRuleFiles(
  firewall: FirewallPlan | undefined,
  { firewall: { outboundRanges } }: Settings,
): HostFile[] {
  if (firewall === undefined) return [];
  const hostPorts = [...firewall.sshPorts, webPort];
  const allowed =
    outboundRanges === null ? "" : [rulesFor("daddr", outboundRanges, "accept"), refuse].join("\n").trim();
  const values = {
    appUser,
    hostPorts: hostPorts.join(", "),
    hostRules: rulesFor("daddr", firewall.hostAddresses, `tcp dport ${set(hostPorts)} ${refuse}`),
    outboundRules: allowed,
  };
  return [fromTemplate("web/etc/portico/firewall/application.nft", { ...rules, values })];
}

/** A rule for each family that the networks are of; none without a network, as a set must not be empty. */
function rulesFor(side: "saddr" | "daddr", networks: readonly string[], rest: string): string {
  const all = [...new Set(networks)].map(checkedNetwork);
  const [six, four] = [true, false].map((wanted) => all.filter((network) => isIPv6(network.split("/")[0]!) === wanted));
  return [
    ...(four!.length > 0 ? [`ip ${side} ${set(four!)} ${rest}`] : []),
    ...(six!.length > 0 ? [`ip6 ${side} ${set(six!)} ${rest}`] : []),
  ].join("\n");
}

function set(elements: readonly (string | number)[]): string {
  return `{ ${elements.join(", ")} }`;
}
