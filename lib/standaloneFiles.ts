import { edgeRoleFiles, type EdgePlan } from "./edgeFiles";
import { sortedByPath, type HostFile } from "./hostFile";
import { nginxFiles } from "./nginxFiles";
import type { Settings } from "./settings";
import { systemFiles } from "./systemFiles";
import { webRoleFiles, type WebPlan } from "./webFiles";

/**
 * All files of a host that is the balancer and an application host at once, sorted by path. One Nginx serves both sites;
 * the way from one to the other is that to any other host, so limits and logs see the client in both.
 */
export function standaloneFiles(settings: Settings, plan: WebPlan & EdgePlan): HostFile[] {
  return sortedByPath([...systemFiles(), ...nginxFiles(settings, plan), ...webRoleFiles(settings, plan), ...edgeRoleFiles(settings, plan)]);
}
