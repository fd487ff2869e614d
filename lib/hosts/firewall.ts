import type { Settings } from "../settings";
import type { FirewallPlan } from "./plan";

/** What hosts of this stack have for a firewall, by the settings, and by their target where these say nothing. */
export function planFirewall({ target, firewall }: Settings, ofTarget: FirewallPlan): FirewallPlan | undefined {
  const ours = firewall.rules === "auto" ? target !== "hosts" : firewall.rules === "ours";
  return ours ? { ...ofTarget, sshRanges: firewall.sshRanges ?? ofTarget.sshRanges } : undefined;
}
