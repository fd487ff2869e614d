import { z } from "zod";
import { localPlatformIds } from "../../hosts/platforms";
import { choice, text, wholeNumber } from "./fields";

function machineSize(megabytes: number) {
  return z.strictObject({
    cpus: wholeNumber(
      "processors",
      1,
      256,
      "Processors that the machine may use; a change is made as it runs.",
    ).default(2),
    memoryMegabytes: wholeNumber(
      "MiB",
      256,
      1048576,
      "Memory limit of the machine; a change is made as it runs.",
    ).default(megabytes),
  });
}

export const localSettings = z
  .strictObject({
    addressRange: text(
      /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
      "a private IPv4 range from /24 to /28 that this computer does not route yet",
      "Network of the machines; it cannot be changed while the stack is up.",
    ).default("10.31.64.0/24"),
    platform: choice(
      localPlatformIds,
      "Operating system of the machines; it cannot be changed while the stack is up.",
    ).default("debian-13"),
    webMachines: wholeNumber("machines", 1, 8, "Application machines behind the balancer.").default(2),
    web: machineSize(1536).meta({ about: "Size of an application machine" }).prefault({}),
    balancer: machineSize(512).meta({ about: "Size of the balancer machine" }).prefault({}),
    database: choice(
      ["none", "postgresql"],
      "postgresql: one more machine, with Debian's PostgreSQL, that application machines alone reach; the application finds its address and password in $CREDENTIALS_DIRECTORY/app_databaseUrl. It is kept until the stack is taken down; none removes it with all that is in it.",
    ).default("none"),
  })
  .meta({ about: "Machines on this computer (target local)" });
