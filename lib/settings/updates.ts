import type { Settings } from "./schema";

/** Package of the distribution that installs them. */
export const updatePackage = "unattended-upgrades";

/** Whether hosts of this stack install security updates by themselves, by the setting, and by their target where it says nothing. */
export function installsUpdates({ target, updates: { automatic } }: Settings): boolean {
  return automatic === "auto" ? target === "aws" : automatic === "security";
}
