import { spawnSync } from "node:child_process";
import { SettingsError, type Settings } from "../settings";

/**
 * Has this computer's systemd read the times of all schedules, where it has one; a host's own does so when it is staged.
 *
 * @throws SettingsError with all that it does not know
 */
export function checkCalendars({ schedules }: Settings["app"]): void {
  const faults = Object.entries(schedules)
    .filter(([, { calendar }]) => isUnknown(calendar))
    .map(([name, { calendar }]) => ({
      key: `app.schedules.${name}.calendar`,
      value: calendar,
      allowed: "a calendar expression of systemd, as daily, Mon *-*-* 04:30:00 or *:0/15",
      remedy: "try it by systemd-analyze calendar",
    }));
  if (faults.length > 0) throw new SettingsError(faults);
}

function isUnknown(calendar: string): boolean {
  const { error, status } = spawnSync("systemd-analyze", ["calendar", "--", calendar], { stdio: "ignore" });
  return error === undefined && status !== 0;
}
