import { z } from "zod";
import { choice } from "./fields";

export const updatesSettings = z
  .strictObject({
    automatic: choice(
      ["auto", "security", "none"],
      "security: hosts install security updates by themselves, once a day, as the unattended-upgrades of their distribution does; on Debian also what it corrects in a point release. Nothing that serves is restarted by that: bin/check tells what runs from replaced files, and bin/up puts it right. none: as the host has it. auto: security on target aws; none on local machines, which reach no package source, and on hosts that you gave it, whose updates are yours.",
    ).default("auto"),
  })
  .meta({ about: "Updates of the hosts' packages" });
