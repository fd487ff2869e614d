import { contract } from "../../base/contract";
import type { Settings } from "../../settings";
import type { HostFile } from "../hostFile";
import { fromTemplate } from "../templates";
import { slotDropIns, slotUnit } from "./files";
import { asSlot } from "./processes";
import { linesOfSlot } from "./slotLines";
import { unitWords } from "./unitWords";

const units = "web/etc/systemd/system";
const {
  slots,
  names: { appService, scheduleUnit },
} = contract;

/** Service and timer of the schedules `names`. They take no part in the revision: a change of one starts no slot. */
export function scheduleFiles(settings: Settings, names: readonly string[]): HostFile[] {
  return names.flatMap((name) => {
    const { command, calendar, timeLimitSeconds, ...of } = settings.app.schedules[name]!;
    const slot = asSlot(settings, of);
    const file = (kind: string, values: Record<string, string | number>) =>
      fromTemplate(`${units}/portico-schedule.${kind}`, {
        effect: "systemd",
        values: { scheduleName: name, ...values },
        as: `${scheduleUnit}${name}.${kind}`,
      });
    const dropIns = slotDropIns(slot.app).map((each) => ({
      ...each,
      path: each.path.replace(appService, `${scheduleUnit}${name}`),
      effect: "systemd" as const,
    }));
    return [
      file("timer", { calendar }),
      file("service", {
        command: unitWords(command),
        timeLimitSeconds,
        slotLines: linesOfSlot(slotUnit(slot).content, slots.scheduled),
      }),
      ...dropIns,
    ];
  });
}

/** What starts it, at boot and with its host's release. */
export function scheduleTimer(name: string): string {
  return `${scheduleUnit}${name}.timer`;
}

/** How bundle.json lists them. */
export function describeSchedules({ app }: Settings, names: readonly string[]) {
  return names.map((name) => {
    const { calendar, command } = app.schedules[name]!;
    return { name, calendar, program: command[0]! };
  });
}
