import { contract } from "../../base/contract";
import type { Platform } from "../../hosts/platforms";
import type { Settings } from "../../settings";
import { runsAlone, type ProcessSettings } from "../../hosts/processes";
import type { HostFile } from "../hostFile";
import { fromTemplate } from "../templates";
import { slotDropIns, slotUnit } from "./files";
import { linesOfSlot } from "./slotLines";
import { unitWords } from "./unitWords";

const units = "web/etc/systemd/system";
const {
  slots,
  names: { appService, processService },
} = contract;

/** From this version on systemd waits longer before each further start of what goes on ending. */
const backoffSince = 254;

/** The units of the processes `names`: one template for each slot, of which the instances are numbers. */
export function processFiles(settings: Settings, platform: Platform, names: readonly string[]): HostFile[] {
  return names.flatMap((name) =>
    slots.live.flatMap((slot) => {
      const start = `${processService}${name}-${slot}@`;
      const unit = fromTemplate(`${units}/portico-process@.service`, {
        effect: "appUnit",
        values: unitValues(settings, platform, name),
        as: `${start}.service`,
      });
      const dropIns = slotDropIns(asSlot(settings, settings.app.processes[name]!).app);
      return [unit, ...dropIns.map((file) => ({ ...file, path: file.path.replace(appService, start) }))];
    }),
  );
}

/** Settings of a slot that has what a process has: of this its unit is made. */
export function asSlot(
  settings: Settings,
  { memoryMegabytes, network }: Pick<ProcessSettings, "memoryMegabytes" | "network">,
): Settings {
  const own = { memoryMegabytes, temporaryMegabytes: null, network: network ?? settings.app.network };
  return { ...settings, app: { ...settings.app, ...own } };
}

function unitValues(settings: Settings, platform: Platform, name: string) {
  const process = settings.app.processes[name]!;
  return {
    processName: name,
    command: unitWords(process.command),
    stopSeconds: process.stopSeconds,
    restartLines:
      platform.systemd < backoffSince ? "RestartSec=5" : "RestartSec=1\nRestartSteps=6\nRestartMaxDelaySec=60",
    slotLines: linesOfSlot(slotUnit(asSlot(settings, process)).content, "%j"),
  };
}

/** How bundle.json lists them. */
export function describeProcesses({ app }: Settings, names: readonly string[]) {
  return names.map((name) => {
    const process = app.processes[name]!;
    const { instances, steadySeconds, command } = process;
    return { name, instances, alone: runsAlone(process), steadySeconds, program: command[0]! };
  });
}
