import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { certificateNames } from "../../../lib/targets/aws/lookups/certificateNames";
import {
  imageFaults,
  imageWarnings,
  subnetFaults,
  typeFaults,
  type FoundImage,
  type FoundSubnet,
  type FoundType,
} from "../../../lib/targets/aws/lookups/faults";
import { planMachines, type MachinePlan } from "../../../lib/targets/aws/machinePlans";
import { planSubnets } from "../../../lib/targets/aws/subnets";
import { machineTags } from "../../../lib/targets/aws/tags";
import { hostedZoneFaults } from "../../../lib/targets/aws/lookups/zoneFaults";
import { SettingsError, type AwsSettings, type Fault, type Settings } from "../../../lib/settings";

/** How AWS answers through its provider for what is not there; any other error is none of the settings'. */
const notThere = /no matching|no results|NotFound|NoSuchHostedZone|InvalidInstanceType|Invalid(AMI|Subnet)ID/i;

/**
 * Looks up at AWS what the settings name: the zone, images, sizes, and the subnets of an adopted network. Returns the
 * ranges of the balancer's subnets. Throws a SettingsError that lists every fault.
 */
export async function lookUp(
  all: Settings,
  settings: AwsSettings,
  provider: pulumi.ProviderResource,
): Promise<{ balancerRanges: string[] }> {
  const options = { provider };
  const plans = planMachines(settings.machines);
  const [zone, network, images, types] = await Promise.all([
    lookUpZone(all, settings, options),
    lookUpNetwork(settings, options),
    Promise.all(distinct(plans, "imageId").map((plan) => findImage(plan, plans, options))),
    Promise.all(distinct(plans, "instanceType").map((plan) => findType(plan, options))),
  ]);
  const { machines, region } = settings;
  const faults = [
    ...zone,
    ...network.faults,
    ...imageFaults(images, machines, region),
    ...typeFaults(types, machines, region),
  ];
  if (faults.length > 0) throw new SettingsError(faults);
  await Promise.all(imageWarnings(images).map((line) => pulumi.log.warn(line)));
  return { balancerRanges: network.balancerRanges };
}

async function lookUpZone(
  all: Settings,
  { certificate }: AwsSettings,
  options: pulumi.InvokeOptions,
): Promise<Fault[]> {
  if (certificate === undefined) return [];
  const { zoneId: id } = certificate;
  const zone = await orNothing(aws.route53.getZone({ zoneId: id }, options));
  return hostedZoneFaults({ id, found: zone }, certificateNames(all));
}

async function lookUpNetwork(
  { network, region }: AwsSettings,
  options: pulumi.InvokeOptions,
): Promise<{ balancerRanges: string[]; faults: Fault[] }> {
  const { adopted, addressRange, zones } = network;
  if (adopted === null)
    return { balancerRanges: planSubnets(addressRange, zones).map(({ balancerRange }) => balancerRange), faults: [] };
  const find = (ids: readonly string[]) => Promise.all(ids.map((id) => findSubnet(id, options)));
  const [balancer, hosts] = await Promise.all([find(adopted.balancerSubnetIds), find(adopted.hostSubnetIds)]);
  return {
    balancerRanges: balancer.flatMap(({ found }) => (found === undefined ? [] : [found.range])),
    faults: [
      ...subnetFaults("balancerSubnetIds", adopted, region, balancer),
      ...subnetFaults("hostSubnetIds", adopted, region, hosts),
    ],
  };
}

async function findSubnet(id: string, options: pulumi.InvokeOptions): Promise<FoundSubnet> {
  const found = await orNothing(aws.ec2.getSubnet({ id }, options));
  return { id, found: found && { vpcId: found.vpcId, zone: found.availabilityZone, range: found.cidrBlock } };
}

/** An image that its owner calls outdated still serves the machines that have it, and so does one that is withdrawn. */
async function findImage(
  { imageId: id, imageKey: key }: MachinePlan,
  plans: readonly MachinePlan[],
  options: pulumi.InvokeOptions,
): Promise<FoundImage> {
  const found = await orNothing(
    aws.ec2.getAmi({ filters: [{ name: "image-id", values: [id] }], includeDeprecated: true }, options),
  );
  if (found === undefined) return { id, key, withdrawn: await allMadeOf(id, plans, options) };
  const root = found.blockDeviceMappings.find(({ deviceName }) => deviceName === found.rootDeviceName);
  const volumeGibibytes = Number(root?.ebs.volume_size ?? root?.ebs.volumeSize ?? 0);
  return { id, key, found: { architecture: found.architecture, state: found.state, volumeGibibytes } };
}

/** Whether every machine that is to have an image is there and has it. */
async function allMadeOf(
  imageId: string,
  plans: readonly MachinePlan[],
  options: pulumi.InvokeOptions,
): Promise<boolean> {
  const machines = plans.filter((plan) => plan.imageId === imageId);
  const found = await Promise.all(
    machines.map(({ name }) => {
      const instanceTags = machineTags(pulumi.getProject(), pulumi.getStack(), name);
      return aws.ec2.getInstances(
        {
          instanceTags,
          filters: [{ name: "image-id", values: [imageId] }],
          instanceStateNames: ["pending", "running", "stopping", "stopped"],
        },
        options,
      );
    }),
  );
  return found.every(({ ids }) => ids.length > 0);
}

async function findType(
  { instanceType: type, typeKey: key }: MachinePlan,
  options: pulumi.InvokeOptions,
): Promise<FoundType> {
  const found = await orNothing(aws.ec2.getInstanceType({ instanceType: type }, options));
  return { type, key, found: found && { architectures: found.supportedArchitectures } };
}

async function orNothing<Found>(lookup: Promise<Found>): Promise<Found | undefined> {
  try {
    return await lookup;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").trim();
    if (notThere.test(reason)) return undefined;
    throw new pulumi.RunError(
      `AWS did not answer, nothing was changed: ${reason}; check the credentials of this shell and portico:aws.accountId`,
    );
  }
}

/** Each image or size once, with the first machine that has it. */
function distinct(plans: readonly MachinePlan[], field: "imageId" | "instanceType"): MachinePlan[] {
  return plans.filter((plan, index) => plans.findIndex((other) => other[field] === plan[field]) === index);
}
