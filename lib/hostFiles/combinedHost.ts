import { balancerNginx, balancerRoleFiles, type BalancerPlan } from "./balancer";
import { firewallFiles } from "./firewall";
import { sortedByPath, type HostFile } from "./hostFile";
import { nginxFiles } from "./nginx/files";
import type { Settings } from "../settings";
import { systemFiles } from "./system";
import { webRoleFiles, type WebPlan } from "./webHost";

/**
 * All files of a host that is the balancer and an application host at once, sorted by path. One Nginx serves both sites;
 * the way from one to the other is that to any other host, so limits and logs see the client in both.
 */
export function combinedHostFiles(settings: Settings, plan: WebPlan & BalancerPlan): HostFile[] {
  return sortedByPath([
    ...systemFiles(settings),
    ...firewallFiles(plan.firewall),
    ...nginxFiles(settings, { ...plan, ...balancerNginx(settings) }),
    ...webRoleFiles(settings, plan),
    ...balancerRoleFiles(settings, plan),
  ]);
}
