import { z } from "zod";
import { choice, listOfNetworks } from "./fields";

export const firewallSettings = z
  .strictObject({
    rules: choice(
      ["auto", "ours", "none"],
      "ours: hosts have a packet filter (nftables), in a table of its own; none: they have none of Portico's. auto: ours on machines that the stack makes, none on hosts that you gave it, which may have one and serve more than this.",
    ).default("auto"),
    sshRanges: listOfNetworks(
      "Where sshd is reached from. null: on target local from this computer alone, on aws from where aws.access says, on hosts from everywhere. Rules that keep the deployer out are taken back by the host after a few minutes.",
    )
      .min(1, { error: "null, or a list of addresses, or networks such as 10.0.0.0/8, at least one" })
      .nullable()
      .default(null),
    outboundRanges: listOfNetworks(
      "What the application may reach over the network, name servers elsewhere included; what is on its own host it reaches. null: everything, where app.network lets it. Never sshd and the application's port of the stack's hosts, nor the cloud's metadata addresses.",
    )
      .nullable()
      .default(null),
  })
  .meta({ about: "The hosts' own firewall. On target aws security groups stand before it, whatever is set here" });
