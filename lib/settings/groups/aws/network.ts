import { z } from "zod";
import { choice, flag, listOf, text } from "../fields";

const zoneName = /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/;

const adoptedAllowed = "null, or a group with vpcId, balancerSubnetIds and hostSubnetIds";
const adopted = z
  .strictObject(
    {
      vpcId: text(/^vpc-[0-9a-f]{8,17}$/, "the id of a network, as vpc-0123456789abcdef0", "The network."),
      balancerSubnetIds: listOf(
        /^subnet-[0-9a-f]{8,17}$/,
        "ids of public subnets in two zones or more",
        "Where the balancer stands.",
      ),
      hostSubnetIds: listOf(
        /^subnet-[0-9a-f]{8,17}$/,
        "ids of subnets in two zones or more",
        "Where the machines stand, in turn.",
      ),
    },
    { error: adoptedAllowed },
  )
  .nullable()
  .meta({
    about:
      "A network that exists already, instead of a new one. While the stack is up its subnets can be changed, but not the network, nor which of the two it is.",
    allowed: adoptedAllowed,
  });

/** The network of target aws: the stack's own, or one that is there. */
export const network = z
  .strictObject({
    adopted: adopted.default(null),
    addressRange: text(
      /^\d{1,3}(\.\d{1,3}){3}\/(1[6-9]|2[0-2])$/,
      "a private IPv4 range from /16 to /22",
      "Range of a new network; it cannot be changed while the stack is up.",
    ).default("10.40.0.0/16"),
    zones: listOf(
      zoneName,
      "zones of the region, as eu-central-1a; two or more",
      "Zones of a new network, the machines in turn: another number or order of zones moves machines, one after another.",
    ).default([]),
    nat: choice(
      ["none", "single", "perZone"],
      "How machines of a new network reach the internet: single is one gateway for all, perZone survives the loss of a zone, none needs an image with all packages. Prices: docs/aws.md.",
    ).default("single"),
    flowLogs: flag("Record the network's flows in CloudWatch, for as long as monitoring.logDays.").default(false),
  })
  .meta({ about: "Network" });
