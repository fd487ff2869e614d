import { z } from "zod";
import { platformIds } from "../../../hosts/platforms";
import { choice, flag, text, wholeNumber } from "../fields";

/** Each has a port of the deployer's computer in access mode ssm. */
export const mostMachines = 20;

const imageId = /^ami-[0-9a-f]{8,17}$/;
const instanceType = /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/;
const imageAllowed = "the id of an image, as ami-0123456789abcdef0";
const typeAllowed = "an instance type, as t3.small";

const overrideAllowed = "a map of machine names (web-1, web-2, …) to groups with imageId, instanceType or both";
const overrides = z
  .record(
    z.string().regex(/^web-[1-9]\d?$/, { error: overrideAllowed }),
    z.strictObject(
      {
        imageId: text(imageId, imageAllowed, "Instead of machines.imageId.").optional(),
        instanceType: text(instanceType, typeAllowed, "Instead of machines.instanceType.").optional(),
      },
      { error: overrideAllowed },
    ),
    { error: overrideAllowed },
  )
  .meta({
    about: "Image or size of single machines, for trying one first. A change replaces that machine.",
    allowed: overrideAllowed,
  });

/** The application machines of target aws. */
export const machines = z
  .strictObject({
    count: wholeNumber("machines", 1, mostMachines, "Application machines, over the zones in turn.").default(2),
    instanceType: text(instanceType, typeAllowed, "Size; a change replaces the machines one after another.").default(
      "t3.small",
    ),
    imageId: text(
      imageId,
      imageAllowed,
      "Pinned image; `bin/image STACK` writes the newest one of the platform here. A change replaces the machines one after another.",
    ),
    platform: choice(platformIds, "Operating system of the image.").default("debian-13"),
    architecture: choice(["x86_64", "arm64"], "Architecture of image and size; wheels are chosen for it.").default(
      "x86_64",
    ),
    volumeGibibytes: wholeNumber(
      "GiB",
      8,
      16384,
      "Encrypted root volume. It grows in place, its file system at the next boot; a smaller one is refused by AWS.",
    ).default(20),
    detailedMonitoring: flag("Metrics each minute instead of every five; costs extra.").default(false),
    overrides: overrides.default({}),
  })
  .meta({ about: "Application machines" });
