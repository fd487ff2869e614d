import type { AwsSettings, Fault } from "../../../settings";

/** A subnet as AWS describes it; undefined when there is none of this id in the region. */
export interface FoundSubnet {
  id: string;
  found?: { vpcId: string; zone: string; range: string };
}

/** An image as AWS describes it; `found` is undefined when there is none that this account may use. */
export interface FoundImage {
  id: string;
  /** Setting that names it. */
  key: string;
  found?: { architecture: string; state: string; volumeGibibytes: number };
  /** Gone, but all machines that are to have it were made of it and are there. */
  withdrawn?: boolean;
}

/** A size as AWS describes it; undefined when the region has none of this name. */
export interface FoundType {
  type: string;
  key: string;
  found?: { architectures: readonly string[] };
}

type Adopted = NonNullable<AwsSettings["network"]["adopted"]>;

/** What keeps the subnets of one list of an adopted network from being used. */
export function subnetFaults(
  list: "balancerSubnetIds" | "hostSubnetIds",
  { vpcId }: Adopted,
  region: string,
  subnets: readonly FoundSubnet[],
): Fault[] {
  const key = `aws.network.adopted.${list}`;
  const missing = subnets.filter(({ found }) => found === undefined).map(({ id }) => id);
  if (missing.length > 0)
    return [{ key, value: missing, allowed: `subnets of region ${region}`, remedy: "mend the ids, or the region" }];
  const strange = subnets
    .filter(({ found }) => found!.vpcId !== vpcId)
    .map(({ id, found }) => `${id} of ${found!.vpcId}`);
  if (strange.length > 0)
    return [{ key, value: strange, allowed: `subnets of ${vpcId}`, remedy: "name subnets of one network" }];
  return zoneFaults(
    key,
    list,
    subnets.map(({ found }) => found!.zone),
  );
}

/** A balancer takes one subnet of a zone at most. */
function zoneFaults(key: string, list: string, zones: readonly string[]): Fault[] {
  const distinct = new Set(zones).size;
  if (distinct < 2)
    return [{ key, value: zones, allowed: "subnets in two zones or more", remedy: "add one in another zone" }];
  if (list === "balancerSubnetIds" && distinct < zones.length)
    return [{ key, value: zones, allowed: "one subnet in each zone", remedy: "remove the second one of a zone" }];
  return [];
}

const newestImage = "run bin/image STACK, which writes the newest one of the platform";

/** What to know about images that no further machine can be made of. */
export function imageWarnings(images: readonly FoundImage[]): string[] {
  return images
    .filter(({ withdrawn }) => withdrawn)
    .map(
      ({ id, key }) =>
        `portico:${key}: ${id} is not there any more; the machines that have it serve on, but none of them could be made anew: ${newestImage}`,
    );
}

export function imageFaults(
  images: readonly FoundImage[],
  { architecture, volumeGibibytes }: AwsSettings["machines"],
  region: string,
): Fault[] {
  return images.flatMap(({ id, key, found, withdrawn }): Fault[] => {
    const remedy = newestImage;
    if (withdrawn) return [];
    if (found === undefined)
      return [{ key, value: id, allowed: `an image that this account may use in ${region}`, remedy }];
    const faults: Fault[] = [];
    if (found.state !== "available")
      faults.push({ key, value: id, allowed: `an image that is available, this one is ${found.state}`, remedy });
    if (found.architecture !== architecture) {
      faults.push({
        key,
        value: id,
        allowed: `an image for ${architecture} (aws.machines.architecture), this one is for ${found.architecture}`,
        remedy,
      });
    }
    if (volumeGibibytes < found.volumeGibibytes) {
      const allowed = `at least ${found.volumeGibibytes} GiB, the size of ${id}`;
      faults.push({ key: "aws.machines.volumeGibibytes", value: volumeGibibytes, allowed, remedy: "raise it" });
    }
    return faults;
  });
}

export function typeFaults(
  types: readonly FoundType[],
  { architecture }: AwsSettings["machines"],
  region: string,
): Fault[] {
  return types.flatMap(({ type, key, found }): Fault[] => {
    if (found === undefined)
      return [
        { key, value: type, allowed: `an instance type of ${region}`, remedy: "mend its name, or choose another" },
      ];
    if (found.architectures.includes(architecture)) return [];
    const allowed = `an instance type for ${architecture} (aws.machines.architecture), this one is for ${found.architectures.join(" and ")}`;
    return [{ key, value: type, allowed, remedy: "choose another, or change the architecture with image and type" }];
  });
}
