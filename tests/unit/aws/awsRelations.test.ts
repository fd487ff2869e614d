import { parseSettings, SettingsError } from "../../../lib/settings";
import { awsGroup } from "../../support/awsGroup";

type Group = Record<string, unknown>;

const hostKey = "ssh-ed25519 AAAA";
const jumpHost = { address: "jump.example.com", user: "deploy", hostKey };

/** Settings of a stack that is fine, with groups of `aws` changed. */
function given(change: Group = {}, rest: Group = {}): Group {
  return {
    target: "aws",
    app: { module: "shop.web:app" },
    site: { domains: ["www.example.com"] },
    aws: awsGroup(change),
    ...rest,
  };
}

function faultsOf(settings: Group): string[] {
  try {
    parseSettings(settings);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split("\n").slice(1, -1);
    throw error;
  }
  return [];
}

/** A domain of so many characters. */
const nameOf = (length: number) => `${"a".repeat(length - 13 - ".example.com".length)}.${"b".repeat(12)}.example.com`;
const network = (settings: Group) => given({ network: settings });
const twoZones = ["eu-central-1a", "eu-central-1b"];
const subnets = (...ends: string[]) => ends.map((end) => `subnet-0123456789abcde0${end}`);

describe("settings of target aws", () => {
  it.each<[string, Group]>([
    ["a new network", given()],
    [
      "a network that is there",
      network({
        adopted: {
          vpcId: "vpc-0123456789abcdef0",
          balancerSubnetIds: subnets("a", "b"),
          hostSubnetIds: subnets("c", "d"),
        },
      }),
    ],
    ["SSH by a jump host", given({ access: { mode: "ssh", sshRanges: ["10.1.2.0/24"], jumpHost } })],
    ["SSH from a range of /8", given({ access: { mode: "ssh", sshRanges: ["10.0.0.0/8"] } })],
    [
      "no way out, with an image that has all",
      given({
        network: { zones: twoZones, nat: "none" },
        access: { mode: "ssh", sshRanges: ["10.0.0.0/8"] },
        monitoring: { hostLogs: false },
      }),
    ],
    [
      "a first name of 64 characters, and a longer one behind it",
      given({}, { site: { domains: [nameOf(64), nameOf(65)] } }),
    ],
    ["an alarm for certificates a day after an update renews them", given({ monitoring: { certificateDays: 44 } })],
    [
      "an alarm for the public certificate alone, at any time",
      given({ monitoring: { certificateDays: 50, hostLogs: false } }),
    ],
    ["tags that only look like those of the program", given({ tags: { portico: "a", names: "b", "team:name": "c" } })],
    ["slow start of 30 seconds", given({ balancer: { slowStartSeconds: 30 } })],
    [
      "a certificate that is brought, without a zone",
      given({ certificate: undefined }, { site: { domains: ["a.internal"], certificate: { leafFile: "leaf.pem" } } }),
    ],
    [
      "an override of the last machine",
      given({
        machines: { imageId: "ami-0123456789abcdef0", count: 2, overrides: { "web-2": { instanceType: "t3.large" } } },
      }),
    ],
  ])("accept %s", (_what, settings) => {
    expect(faultsOf(settings)).toEqual([]);
  });

  it.each<[string, Group, string]>([
    [
      "no group",
      given({}, { aws: undefined }),
      "aws: got nothing; allowed: a group of settings; set it, or another target",
    ],
    [
      "neither zone nor certificate",
      given({ certificate: undefined }),
      "aws.certificate: got nothing; allowed: a group with zoneId, or site.certificate",
    ],
    ["no name", given({}, { site: { domains: [] } }), "site.domains: got []; allowed: at least one name"],
    [
      "a name that no certificate is issued for",
      given({}, { site: {} }),
      'site.domains: got "portico.internal"; allowed: public names',
    ],
    ["no zones", network({}), "aws.network.zones: got []; allowed: two or more zones of eu-central-1"],
    [
      "one zone only",
      network({ zones: ["eu-central-1a"] }),
      'aws.network.zones: got ["eu-central-1a"]; allowed: two or more zones of eu-central-1',
    ],
    [
      "a zone twice",
      network({ zones: [...twoZones, "eu-central-1a"] }),
      'aws.network.zones: got ["eu-central-1a"]; allowed: each zone once',
    ],
    [
      "a zone of another region",
      network({ zones: ["eu-central-1a", "eu-west-1b"] }),
      'aws.network.zones: got ["eu-west-1b"]; allowed: zones of aws.region (eu-central-1), a to h',
    ],
    [
      "a zone beyond those that there is room for",
      network({ zones: ["eu-central-1a", "eu-central-1i"] }),
      'aws.network.zones: got ["eu-central-1i"]; allowed: zones of aws.region (eu-central-1), a to h',
    ],
    [
      "a tag that AWS does not take",
      given({ tags: { team: "shop, web" } }),
      'aws.tags.team: got "shop, web"; allowed: a map of tag names, other than Name',
    ],
    ...["name", "Name", "NAME", "portico:stack", "Portico:team", "AWS:team"].map((tag): [string, Group, string] => [
      `the tag ${tag}, which is not free`,
      given({ tags: { [tag]: "shop" } }),
      `allowed: a map of tag names, other than Name and those that begin with aws: or portico:`,
    ]),
    [
      "a first name longer than a certificate's subject",
      given({}, { site: { domains: [nameOf(65), "www.example.com"] } }),
      "allowed: a first name of at most 64 characters, which a certificate is issued to; put a shorter name first",
    ],
    [
      "an alarm for certificates before an update renews them",
      given({ monitoring: { certificateDays: 45 } }),
      "aws.monitoring.certificateDays: got 45; allowed: less than authority.renewDays (45), or no update could end the alarm of a machine",
    ],
    [
      "certificates renewed after their alarm",
      given({}, { authority: { renewDays: 21 } }),
      "aws.monitoring.certificateDays: got 21; allowed: less than authority.renewDays (21)",
    ],
    [
      "a public range",
      network({ zones: twoZones, addressRange: "8.8.0.0/16" }),
      'aws.network.addressRange: got "8.8.0.0/16"; allowed: a private range',
    ],
    [
      "a range wider than a network may have",
      network({ zones: twoZones, addressRange: "192.168.0.0/15" }),
      "aws.network.addressRange: got",
    ],
    [
      "a range that does not begin at its first address",
      network({ zones: twoZones, addressRange: "10.40.1.0/16" }),
      "allowed: the first address of the range, 10.40.0.0/16",
    ],
    [
      "no address",
      network({ zones: twoZones, addressRange: "10.400.0.0/16" }),
      "allowed: an IPv4 range such as 10.40.0.0/16",
    ],
    [
      "one subnet",
      network({
        adopted: { vpcId: "vpc-0123456789abcdef0", balancerSubnetIds: subnets("a"), hostSubnetIds: subnets("c", "d") },
      }),
      "aws.network.adopted.balancerSubnetIds: got",
    ],
    [
      "a subnet twice",
      network({
        adopted: {
          vpcId: "vpc-0123456789abcdef0",
          balancerSubnetIds: subnets("a", "b"),
          hostSubnetIds: subnets("c", "c"),
        },
      }),
      "aws.network.adopted.hostSubnetIds: got",
    ],
    [
      "a port open to the world",
      given({ access: { mode: "ssh", sshRanges: ["0.0.0.0/0"] } }),
      'aws.access.sshRanges: got "0.0.0.0/0"; allowed: a range of /8 or narrower: port 22 is never open to the internet',
    ],
    [
      "a port open to half of it",
      given({ access: { mode: "ssh", sshRanges: ["128.0.0.0/1"] } }),
      'aws.access.sshRanges: got "128.0.0.0/1"; allowed: a range of /8 or narrower',
    ],
    [
      "the world by IPv6",
      given({ access: { mode: "ssh", sshRanges: ["::/0"] } }),
      'aws.access.sshRanges.0: got "::/0"; allowed: a list of IPv4 ranges',
    ],
    [
      "a range that does not begin at its first address",
      given({ access: { mode: "ssh", sshRanges: ["10.1.2.3/24"] } }),
      "allowed: the first address of the range, 10.1.2.0/24",
    ],
    [
      "a range that is none",
      given({ access: { mode: "ssh", sshRanges: ["10.1.2.0/40"] } }),
      "allowed: an IPv4 range such as 203.0.113.0/24",
    ],
    [
      "a range twice",
      given({ access: { mode: "ssh", sshRanges: ["10.1.2.0/24", "10.1.2.0/24"] } }),
      "allowed: each range once",
    ],
    [
      "SSH from nowhere",
      given({ access: { mode: "ssh", jumpHost } }),
      "aws.access.sshRanges: got []; allowed: at least one range in mode ssh",
    ],
    [
      "ranges in mode ssm",
      given({ access: { sshRanges: ["10.1.2.0/24"] } }),
      'aws.access.sshRanges: got ["10.1.2.0/24"]; allowed: none in mode ssm',
    ],
    [
      "a jump host in mode ssm",
      given({ access: { jumpHost } }),
      'aws.access.jumpHost: got "jump.example.com"; allowed: none in mode ssm',
    ],
    [
      "Session Manager out of reach",
      given({ network: { zones: twoZones, nat: "none" }, monitoring: { hostLogs: false } }),
      'aws.access.mode: got "ssm"; allowed: ssh, as Session Manager is out of reach',
    ],
    [
      "CloudWatch out of reach",
      given({ network: { zones: twoZones, nat: "none" }, access: { mode: "ssh", sshRanges: ["10.0.0.0/8"] } }),
      "aws.monitoring.hostLogs: got true; allowed: false",
    ],
    [
      "slow start of one second",
      given({ balancer: { slowStartSeconds: 1 } }),
      "aws.balancer.slowStartSeconds: got 1; allowed: 0, or at least 30 seconds",
    ],
    [
      "slow start of 29 seconds",
      given({ balancer: { slowStartSeconds: 29 } }),
      "aws.balancer.slowStartSeconds: got 29",
    ],
    [
      "an override beyond the count",
      given({ machines: { imageId: "ami-0123456789abcdef0", count: 2, overrides: { "web-3": {} } } }),
      "aws.machines.overrides.web-3: got {}; allowed: machines up to web-2",
    ],
    [
      "an idle time above Nginx's",
      given({}, { balancer: { idleTimeoutSeconds: 90 } }),
      "nginx.keepaliveTimeoutSeconds: got 75; allowed: more than balancer.idleTimeoutSeconds (90)",
    ],
  ])("have one fault for %s", (_what, settings, message) => {
    const faults = faultsOf(settings);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(message);
  });

  it("are told with all their faults at once", () => {
    const faults = faultsOf(
      given({
        network: { zones: ["eu-west-1a"], addressRange: "8.8.0.0/16" },
        access: { mode: "ssh" },
        balancer: { slowStartSeconds: 7 },
      }),
    );
    expect(faults.map((fault) => fault.split(":")[1])).toEqual([
      "aws.network.zones",
      "aws.network.zones",
      "aws.network.addressRange",
      "aws.access.sshRanges",
      "aws.balancer.slowStartSeconds",
    ]);
  });

  it("are not looked at by other targets", () => {
    expect(faultsOf({ ...given({ network: {} }), target: "local" })).toEqual([]);
  });

  it("ask for the key of the jump host alone", () => {
    const { requiredCredentials } = jest.requireActual<typeof import("../../../lib/settings")>("../../../lib/settings");
    expect(requiredCredentials(parseSettings(given()))).toEqual([]);
    expect(
      requiredCredentials(parseSettings(given({ access: { mode: "ssh", sshRanges: ["10.0.0.0/8"], jumpHost } }))),
    ).toEqual(["jumpKey"]);
  });
});
