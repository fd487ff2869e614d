import { Program } from "../support/programMocks";
import * as pulumi from "@pulumi/pulumi";
import { awsFile } from "../support/awsFile";
import { usualAws, type AwsAnswers } from "../support/awsMocks";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let program: Program;

type Values = Record<string, unknown>;

const adopted = {
  vpcId: "vpc-0123456789abcdef0",
  balancerSubnetIds: ["subnet-0123456789abcde0a", "subnet-0123456789abcde0b"],
  hostSubnetIds: ["subnet-0123456789abcde0c", "subnet-0123456789abcde0d"],
};
const intoAdopted = { network: { adopted } };

beforeAll(() => {
  program = new Program(makeFolder());
});

/** What such a run has done: it read its previous outputs, and declared the provider that it asks. */
const beforeAnything = ["aws-provider", "self"];

/** Lines of a run that must fail before it declares anything else. */
async function faultsOf(aws: Partial<AwsAnswers>, change: Parameters<typeof awsFile>[1] = {}): Promise<string[]> {
  const { error, labels } = await program.attempt({ file: awsFile("staging", change), stack: "staging", aws });
  expect(labels).toEqual(beforeAnything);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  return (error as Error).message.split("\n").slice(1, -1);
}

function subnetWith(end: string, change: Values): Partial<AwsAnswers> {
  return {
    getSubnet: (inputs) => ({ ...usualAws.getSubnet(inputs), ...(String(inputs.id).endsWith(end) ? change : {}) }),
  };
}

const imageWith = (change: Values): Partial<AwsAnswers> => ({
  getAmi: (inputs) => ({ ...usualAws.getAmi(inputs), ...change }),
});
/** The SDK tells the details of an error alone. */
const missing = (details: string) => () => {
  throw Object.assign(new Error(details), { details });
};

it("what AWS knows by these names is accepted, in a new network and in one that is there", async () => {
  for (const change of [{}, intoAdopted]) {
    const { error } = await program.attempt({ file: awsFile("staging", change), stack: "staging" });
    expect(error).toBeUndefined();
  }
});

it.each<[string, Partial<AwsAnswers>, Parameters<typeof awsFile>[1], string]>([
  [
    "an image that is not there",
    { getAmi: missing("Your query returned no results. Please change your search criteria and try again.") },
    {},
    'aws.machines.imageId: got "ami-0123456789abcdef0"; allowed: an image that this account may use in eu-central-1; run bin/image STACK',
  ],
  [
    "an image for other processors",
    imageWith({ architecture: "arm64" }),
    {},
    'aws.machines.imageId: got "ami-0123456789abcdef0"; allowed: an image for x86_64 (aws.machines.architecture), this one is for arm64',
  ],
  [
    "an image that cannot be used yet",
    imageWith({ state: "pending" }),
    {},
    "allowed: an image that is available, this one is pending",
  ],
  [
    "a disk that the image does not fit on",
    imageWith({ blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volume_size: "30" } }] }),
    {},
    "aws.machines.volumeGibibytes: got 20; allowed: at least 30 GiB, the size of ami-0123456789abcdef0",
  ],
  [
    "a size that is not there",
    { getInstanceType: missing("no matching EC2 Instance Type found") },
    {},
    'aws.machines.instanceType: got "t3.small"; allowed: an instance type of eu-central-1',
  ],
  [
    "a size with other processors",
    { getInstanceType: () => ({ supportedArchitectures: ["arm64"] }) },
    {},
    'aws.machines.instanceType: got "t3.small"; allowed: an instance type for x86_64 (aws.machines.architecture), this one is for arm64',
  ],
  [
    "a subnet that is not there",
    { getSubnet: missing("no matching EC2 Subnet found") },
    { network: { adopted: { ...adopted, hostSubnetIds: adopted.balancerSubnetIds } } },
    "",
  ],
  [
    "a subnet of another network",
    subnetWith("b", { vpcId: "vpc-0aaaaaaaaaaaaaaaa" }),
    intoAdopted,
    'aws.network.adopted.balancerSubnetIds: got ["subnet-0123456789abcde0b of vpc-0aaaaaaaaaaaaaaaa"]; allowed: subnets of vpc-0123456789abcdef0',
  ],
  [
    "machines in one zone",
    subnetWith("d", { availabilityZone: "eu-central-1c" }),
    intoAdopted,
    'aws.network.adopted.hostSubnetIds: got ["eu-central-1c","eu-central-1c"]; allowed: subnets in two zones or more',
  ],
])("%s is refused with the setting to change", async (what, answers, change, message) => {
  const faults = await faultsOf(answers, change);
  expect(faults).toHaveLength(what === "a subnet that is not there" ? 2 : 1);
  expect(faults[0]).toContain(message);
});

it("a second subnet of the balancer in a zone is refused, which AWS takes only for machines", async () => {
  const network = {
    adopted: {
      ...adopted,
      balancerSubnetIds: [...adopted.balancerSubnetIds, "subnet-0123456789abcde0e"],
      hostSubnetIds: [...adopted.hostSubnetIds, "subnet-0123456789abcde0e"],
    },
  };
  const inZone = subnetWith("e", { availabilityZone: "eu-central-1b" });
  const faults = await faultsOf(inZone, { network });
  expect(faults).toEqual([expect.stringContaining("aws.network.adopted.balancerSubnetIds: got")]);
  expect(faults[0]).toContain("allowed: one subnet in each zone");
});

it("the wrong image of a single machine is told with the setting of that machine", async () => {
  const override = { machines: { overrides: { "web-2": { imageId: "ami-0fedcba9876543210" } } } };
  const answers = imageWith({});
  answers.getAmi = (inputs) => ({
    ...usualAws.getAmi(inputs),
    architecture: JSON.stringify(inputs).includes("ami-0fed") ? "arm64" : "x86_64",
  });
  expect(await faultsOf(answers, override)).toEqual([
    expect.stringContaining('aws.machines.overrides.web-2.imageId: got "ami-0fedcba9876543210"'),
  ]);
});

it("all that AWS does not know is told at once", async () => {
  const answers = {
    getAmi: missing("no results"),
    getInstanceType: missing("no matching EC2 Instance Type found"),
    getSubnet: missing("no matching EC2 Subnet found"),
  };
  expect(await faultsOf(answers, intoAdopted)).toHaveLength(4);
});

it("an account that does not answer is no fault of the settings, and is told without a stack trace", async () => {
  const getAmi = missing("UnauthorizedOperation: You are not authorized to perform this operation");
  const { error, labels } = await program.attempt({ file: awsFile("staging"), stack: "staging", aws: { getAmi } });
  expect(labels).toEqual(beforeAnything);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect((error as Error).message).toMatch(
    /^AWS did not answer, nothing was changed: .*UnauthorizedOperation.*; check the credentials of this shell and portico:aws\.accountId$/s,
  );
});

it("settings that contradict each other are told before AWS is asked", async () => {
  const { error, labels } = await program.attempt({
    file: awsFile("prod", { access: { mode: "ssh", sshRanges: ["0.0.0.0/0"] } }),
    stack: "prod",
  });
  expect(labels).toEqual([]);
  expect((error as Error).message).toContain(
    'portico:aws.access.sshRanges: got "0.0.0.0/0"; allowed: a range of /8 or narrower',
  );
});

describe("an image that was withdrawn", () => {
  const getAmi = missing("Your query returned no results. Please change your search criteria and try again.");
  const serving = (...names: string[]): Partial<AwsAnswers> => ({
    getAmi,
    getInstances: (inputs) => ({ ids: names.filter((name) => wants(inputs, name)).map((name) => `i-${name}`) }),
  });

  /** Whether a question is about a machine of this stack that was made of the image. */
  function wants({ instanceTags, filters }: Values, name: string): boolean {
    expect(filters).toEqual([{ name: "image-id", values: ["ami-0123456789abcdef0"] }]);
    expect(instanceTags).toMatchObject({ "portico:project": "portico", "portico:stack": "staging" });
    return (instanceTags as Values)["portico:machine"] === name;
  }

  it("stops no update while all machines that are to have it are there, and is told", async () => {
    const { error, messages } = await program.attempt({
      file: awsFile("staging"),
      stack: "staging",
      aws: serving("web-1", "web-2"),
    });
    expect(error).toBeUndefined();
    expect(messages.filter((line) => line.includes("ami-0123456789abcdef0 is not there any more"))).toEqual([
      expect.stringMatching(/^warning: .*portico:aws\.machines\.imageId: .*run bin\/image STACK/),
    ]);
  });

  it("is refused as soon as a machine would have to be made of it", async () => {
    expect(await faultsOf(serving("web-1"))).toEqual([
      expect.stringContaining("allowed: an image that this account may use in eu-central-1"),
    ]);
  });
});

describe("a stack that is up", () => {
  // As a version wrote it that knew places on this target alone.
  const own = { accountId: "123456789012", region: "eu-central-1", addressRange: "10.40.0.0/16" };
  const inAdopted = { accountId: "123456789012", region: "eu-central-1", vpcId: adopted.vpcId };

  it("remembers where it is", async () => {
    const whole = { target: "aws", "aws.accountId": "123456789012", "aws.region": "eu-central-1" };
    const places = {
      own: { ...whole, "aws.network.adopted.vpcId": null, "aws.network.addressRange": "10.40.0.0/16" },
      inAdopted: { ...whole, "aws.network.adopted.vpcId": adopted.vpcId },
    };
    for (const [change, place] of [
      [{}, places.own],
      [intoAdopted, places.inAdopted],
    ] as const) {
      const before = await program.run({ file: awsFile("staging", change), stack: "staging" });
      expect(before.outputsOf("Stack").place).toEqual(place);
      expect(
        (await program.attempt({ file: awsFile("staging", change), stack: "staging", previousPlace: place })).error,
      ).toBeUndefined();
    }
  });

  it("stays there, with other zones and subnets", async () => {
    const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
    const others = {
      adopted: { ...adopted, balancerSubnetIds: ["subnet-0123456789abcde0a", "subnet-0123456789abcde0f"] },
    };
    for (const [previousPlace, network] of [
      [own, { zones }],
      [inAdopted, others],
    ] as const) {
      const { error } = await program.attempt({
        file: awsFile("staging", { network }),
        stack: "staging",
        previousPlace,
      });
      expect(error).toBeUndefined();
    }
  });

  it.each<[string, object, Parameters<typeof awsFile>[1], string]>([
    [
      "another range",
      { ...own, addressRange: "10.50.0.0/16" },
      {},
      'aws.network.addressRange: got "10.40.0.0/16"; allowed: 10.50.0.0/16, which the stack has; set it back, or take the stack down first (bin/down STACK)',
    ],
    [
      "a network that is there",
      own,
      intoAdopted,
      `aws.network.adopted: got "${adopted.vpcId}"; allowed: null, a network of its own, which the stack has`,
    ],
    [
      "a network of its own",
      inAdopted,
      {},
      `aws.network.adopted: got null; allowed: ${adopted.vpcId}, which the stack has`,
    ],
    [
      "another network that is there",
      { ...inAdopted, vpcId: "vpc-0aaaaaaaaaaaaaaaa" },
      intoAdopted,
      `aws.network.adopted.vpcId: got "${adopted.vpcId}"; allowed: vpc-0aaaaaaaaaaaaaaaa, which the stack has`,
    ],
    [
      "another region",
      { ...own, region: "eu-west-1" },
      {},
      'aws.region: got "eu-central-1"; allowed: eu-west-1, which the stack has',
    ],
    [
      "another account",
      { ...own, accountId: "210987654321" },
      {},
      'aws.accountId: got "123456789012"; allowed: 210987654321, which the stack has',
    ],
  ])(
    "does not move to %s: that is refused before anything is declared, the provider included",
    async (_what, previousPlace, change, message) => {
      const { error, labels } = await program.attempt({
        file: awsFile("staging", change),
        stack: "staging",
        previousPlace,
      });
      expect(labels).toEqual(["self"]);
      expect(pulumi.RunError.isInstance(error)).toBe(true);
      const faults = (error as Error).message.split("\n").slice(1, -1);
      expect(faults).toEqual([expect.stringContaining(message)]);
    },
  );
});
