import { z } from "zod";
import { parseWeeklyWindow } from "../../base/weeklyWindow";
import { choice } from "./fields";

const windowAllowed =
  "null, or a window such as Sat,Sun 02:00-04:00 Europe/Berlin; days (Mon..Fri too) and the time zone (UTC) may be left out";

export const updatesSettings = z
  .strictObject({
    automatic: choice(
      ["auto", "security", "none"],
      "security: hosts install security updates by themselves, once a day, as the unattended-upgrades of their distribution does; on Debian also what it corrects in a point release. Nothing that serves is restarted by that: bin/check tells what runs from replaced files, and bin/up puts it right. none: as the host has it. auto: security on target aws; none on local machines, which reach no package source, and on hosts that you gave it, whose updates are yours.",
    ).default("auto"),
    rebootWindow: z
      .string({ error: windowAllowed })
      .refine((text) => parseWeeklyWindow(text) !== undefined, { error: windowAllowed })
      .nullable()
      .default(null)
      .meta({
        about:
          "When bin/reboot may boot hosts anew; outside it begins with none, unless --now says so. One that goes past midnight belongs to the day on which it begins. null: at any time.",
        allowed: windowAllowed,
      }),
  })
  .meta({ about: "Updates of the hosts' packages" });
