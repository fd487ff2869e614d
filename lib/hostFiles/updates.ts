import { installsUpdates, type Settings } from "../settings";
import type { HostFile } from "./hostFile";
import { fromTemplate } from "./templates";

/** The distribution's own, which look for updates and install them once a day; they are to run where it is wanted. */
export const updateUnits = ["apt-daily.timer", "apt-daily-upgrade.timer"];

/** What decides about updates of packages; that they restart nothing of ours holds also for those by hand. */
export function updateFiles(settings: Settings): HostFile[] {
  return [
    fromTemplate("common/etc/needrestart/conf.d/portico.conf", { effect: "none" }),
    ...(installsUpdates(settings)
      ? [fromTemplate("common/etc/apt/apt.conf.d/60portico-updates", { effect: "none" })]
      : []),
  ];
}
