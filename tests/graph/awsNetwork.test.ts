import { Program } from "../support/programMocks";
import { awsFile } from "../support/awsFile";
import type { Recording } from "../support/recording";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let program: Program;
let staging: Recording;
let prod: Recording;

const zone = (letter: string) => `eu-central-1${letter}`;
const adopted = {
  vpcId: "vpc-0123456789abcdef0",
  balancerSubnetIds: ["subnet-0123456789abcde0a", "subnet-0123456789abcde0b"],
  hostSubnetIds: ["subnet-0123456789abcde0c", "subnet-0123456789abcde0d"],
};

const run = (
  stack: "staging" | "prod",
  network: Record<string, unknown> = {},
  more: Parameters<typeof awsFile>[1] = {},
) => program.run({ file: awsFile(stack, { network, ...more }), stack });

beforeAll(async () => {
  program = new Program(makeFolder());
  staging = await run("staging");
  prod = await run("prod");
});

/** Where the default route of a subnet leads. */
function wayOut(recording: Recording, subnet: string): string | undefined {
  const table = recording.get(`${subnet}-routes`).inputs.routeTableId;
  const route = recording.resources.find(
    ({ type, inputs }) => type.endsWith(":Route") && inputs.routeTableId === table,
  );
  return (route?.inputs.gatewayId ?? route?.inputs.natGatewayId) as string | undefined;
}

/** Ranges whose word about the client an application host believes. */
function trusted(recording: Recording): string[] {
  const files = Object.values(recording.get("HostFiles web-files").inputs.files as Record<string, string>);
  return files.flatMap((text) => [...text.matchAll(/^set_real_ip_from (\S+);/gm)].map(([, range]) => range!));
}

const ofType = (recording: Recording, type: string) =>
  recording.resources.filter((resource) => resource.type.endsWith(`:${type}`));

describe("a new network", () => {
  it("has a public and a private subnet in each zone, named by the zone", () => {
    expect(
      prod
        .ofType(":Subnet")
        .map(({ label }) => label)
        .sort(),
    ).toEqual(
      ["a", "b", "c"].flatMap((letter) => [`network-private-${zone(letter)}`, `network-public-${zone(letter)}`]).sort(),
    );
    expect(prod.get(`network-private-${zone("c")}`).inputs).toMatchObject({
      availabilityZone: zone("c"),
      cidrBlock: "10.41.160.0/20",
      mapPublicIpOnLaunch: false,
    });
    expect(prod.get(`network-public-${zone("c")}`).inputs).toMatchObject({
      availabilityZone: zone("c"),
      cidrBlock: "10.41.32.0/20",
      mapPublicIpOnLaunch: false,
    });
    expect(prod.get("network-vpc").inputs).toMatchObject({
      cidrBlock: "10.41.0.0/16",
      enableDnsSupport: true,
      enableDnsHostnames: true,
    });
  });

  it("leads public subnets to the internet", () => {
    for (const letter of ["a", "b"])
      expect(wayOut(staging, `network-public-${zone(letter)}`)).toBe("network-internet-gateway-id");
  });

  it("leads machines out through one gateway in the first zone, where one is said", () => {
    expect(ofType(staging, "NatGateway").map(({ label }) => label)).toEqual([`network-nat-${zone("a")}`]);
    for (const letter of ["a", "b"])
      expect(wayOut(staging, `network-private-${zone(letter)}`)).toBe(`network-nat-${zone("a")}-id`);
    expect(staging.get(`network-nat-${zone("a")}`).inputs).toMatchObject({
      subnetId: `network-public-${zone("a")}-id`,
      allocationId: `eipalloc-of-network-nat-${zone("a")}-address`,
    });
  });

  it("leads them out through a gateway in their own zone, where one for each is said", () => {
    expect(ofType(prod, "NatGateway")).toHaveLength(3);
    for (const letter of ["a", "b", "c"])
      expect(wayOut(prod, `network-private-${zone(letter)}`)).toBe(`network-nat-${zone(letter)}-id`);
  });

  it("leads them nowhere, where none is said", async () => {
    const closed = await run(
      "staging",
      { nat: "none" },
      { access: { mode: "ssh", sshRanges: ["10.0.0.0/8"] }, monitoring: { hostLogs: false } },
    );
    expect([...ofType(closed, "NatGateway"), ...ofType(closed, "Eip")]).toEqual([]);
    for (const letter of ["a", "b"]) expect(wayOut(closed, `network-private-${zone(letter)}`)).toBeUndefined();
  });

  it("reaches S3 from all subnets without the way out", () => {
    const { inputs } = staging.get("network-s3");
    expect(inputs).toMatchObject({ vpcEndpointType: "Gateway", serviceName: "com.amazonaws.eu-central-1.s3" });
    expect([...(inputs.routeTableIds as string[])].sort()).toEqual(
      staging
        .ofType(":RouteTable")
        .map(({ label }) => `${label}-id`)
        .sort(),
    );
  });

  it("lets nothing through by its default group", () => {
    expect(staging.get("network-default-group").inputs).toMatchObject({
      vpcId: "network-vpc-id",
      ingress: [],
      egress: [],
    });
  });

  it("moves nothing for one more zone", async () => {
    const more = await run("staging", { zones: ["a", "b", "c"].map(zone) });
    expect(staging.changesTo(more).filter((label) => /^network-/.test(label))).toEqual(["network-s3"]);
    expect(staging.labels.filter((label) => !more.labels.includes(label))).toEqual([]);
  });

  it("is believed by the hosts about clients in the ranges of the balancer alone", () => {
    expect(trusted(prod)).toEqual(["10.41.0.0/20", "10.41.16.0/20", "10.41.32.0/20"]);
  });
});

describe("a network that is there", () => {
  it("is used as it is: nothing of it is made", async () => {
    const recording = await run("staging", { adopted });
    expect(recording.resources.filter(({ label }) => label.startsWith("network-")).map(({ label }) => label)).toEqual(
      [],
    );
    expect(recording.get("balancer").inputs.subnets).toEqual(adopted.balancerSubnetIds);
    expect(["web-1", "web-2"].map((name) => recording.get(`${name}-instance`).inputs.subnetId)).toEqual(
      adopted.hostSubnetIds,
    );
    expect(recording.get("firewall-hosts").inputs.vpcId).toBe(adopted.vpcId);
    expect(recording.get("balancer-hosts").inputs.vpcId).toBe(adopted.vpcId);
  });

  it("is believed by the hosts in the ranges that its balancer's subnets have", async () => {
    expect(trusted(await run("staging", { adopted }))).toEqual(["10.9.10.0/24", "10.9.11.0/24"]);
  });
});

describe("flows", () => {
  it("are recorded for as long as logs are kept, where the settings say so", () => {
    expect(prod.get("network-flows-log").inputs).toMatchObject({
      vpcId: "network-vpc-id",
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      iamRoleArn: expect.stringContaining("network-flows-role"),
    });
    expect(prod.get("network-flows-group").inputs.retentionInDays).toBe(90);
    expect(ofType(staging, "FlowLog")).toEqual([]);
  });

  it("are written by a role that can do nothing else but find the group", () => {
    const policy = JSON.parse(prod.get("network-flows-policy").inputs.policy as string) as {
      Statement: { Action: string[]; Resource: string[] }[];
    };
    const [writing, listing, ...others] = policy.Statement;
    expect(others).toEqual([]);
    for (const action of writing!.Action) expect(action).toMatch(/^logs:/);
    for (const resource of writing!.Resource) expect(resource).toContain("network-flows-group");
    expect(listing).toEqual({ Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: ["*"] });
    expect(prod.get("network-flows-role").inputs.assumeRolePolicy).toContain('"vpc-flow-logs.amazonaws.com"');
  });
});
