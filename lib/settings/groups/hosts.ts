import { z } from "zod";
import { platformIds } from "../../hosts/platforms";
import { choice, listOf, publicKey, text, wholeNumber } from "./fields";

const machinesAllowed = "a list of groups with name, address, roles, user, hostKey, platform";
const address = /^\d{1,3}(\.\d{1,3}){3}$/;

const machine = z.strictObject(
  {
    name: text(
      /^[a-z][a-z0-9-]{0,30}$/,
      "lower-case letters, digits and hyphens, a letter first",
      "Short name; a change makes it another host.",
    ),
    address: text(
      address,
      "an IPv4 address",
      "Where the other hosts reach it, and clients the balancer. A change configures the host again.",
    ),
    roles: listOf(
      /^(web|balancer)$/,
      "roles: web, balancer, or both",
      "web serves the application, balancer faces the clients; one host may have both.",
    ),
    sshAddress: text(address, "null or an IPv4 address", "Where the deployer reaches it. null: at address.")
      .nullable()
      .default(null),
    sshPort: wholeNumber("port", 1, 65535, "Port of sshd.").default(22),
    user: text(/^[a-z_][a-z0-9_-]*$/, "a user name other than root", "Login user, with sudo and without a password."),
    hostKey: publicKey("Pinned host key; a host that shows another is refused. A change configures the host again."),
    platform: choice(platformIds, "Operating system of the host.").default("debian-13"),
    architecture: choice(["x86_64", "arm64"], "Processors of the host.").default("x86_64"),
  },
  { error: machinesAllowed },
);

export const hostsSettings = z
  .strictObject({
    machines: z
      .array(machine, { error: machinesAllowed })
      .min(1, { error: machinesAllowed })
      .meta({ about: "The hosts.", allowed: machinesAllowed }),
  })
  .optional()
  .meta({ about: "Hosts that exist already (target hosts); the login key is the secret loginKey" });
