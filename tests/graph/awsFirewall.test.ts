import { Program } from "../support/programMocks";
import { awsFile } from "../support/awsFile";
import type { Recording } from "../support/recording";
import type { RecordedResource } from "../support/recordingMonitor";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let program: Program;
let staging: Recording;

const balancer = "firewall-balancer-id";
const hosts = "firewall-hosts-id";
const anywhere = "0.0.0.0/0";

beforeAll(async () => {
  program = new Program(makeFolder());
  staging = await program.run({ file: readStackFile("staging"), stack: "staging" });
});

/** `<group> <ports> <peer>` of a rule. */
function brief({
  inputs: {
    securityGroupId,
    ipProtocol,
    fromPort,
    toPort,
    cidrIpv4,
    cidrIpv6,
    prefixListId,
    referencedSecurityGroupId,
  },
}: RecordedResource): string {
  const ports = fromPort === undefined ? ipProtocol : `${ipProtocol} ${fromPort}-${toPort}`;
  return [
    securityGroupId,
    ports,
    ...[cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId].filter((peer) => peer !== undefined),
  ].join(" ");
}

const rules = (recording: Recording, direction: "Ingress" | "Egress") =>
  recording.ofType(`:SecurityGroup${direction}Rule`).map(brief).sort();

describe("what may come in", () => {
  const always = [
    `${balancer} tcp 443-443 ${anywhere}`,
    `${balancer} tcp 80-80 ${anywhere}`,
    `${hosts} tcp 8443-8443 ${balancer}`,
  ];

  it("is HTTP and HTTPS to the balancer, and the balancer to the hosts; no other port is open to anybody", () => {
    expect(rules(staging, "Ingress")).toEqual(always.sort());
  });

  it("is SSH of the declared ranges besides, one rule each, where the deployer comes by SSH", async () => {
    const sshRanges = ["10.1.0.0/16", "192.0.2.7/32"];
    const recording = await program.run({
      file: awsFile("staging", { access: { mode: "ssh", sshRanges } }),
      stack: "staging",
    });
    expect(rules(recording, "Ingress")).toEqual(
      [...always, ...sshRanges.map((range) => `${hosts} tcp 22-22 ${range}`)].sort(),
    );
  });

  it("keeps the rule of a range when another range goes", async () => {
    const run = (sshRanges: string[]) =>
      program.run({ file: awsFile("staging", { access: { mode: "ssh", sshRanges } }), stack: "staging" });
    const [both, one] = [await run(["10.1.0.0/16", "192.0.2.7/32"]), await run(["192.0.2.7/32"])];
    expect(both.labels.filter((label) => !one.labels.includes(label))).toEqual(["firewall-hosts-ssh-10.1.0.0-16"]);
    const ofGroups = both.changesTo(one).filter((label) => label.startsWith("firewall-"));
    expect(ofGroups).toEqual([]);
  });
});

describe("what may go out", () => {
  it("is what the application calls, and from the balancer the hosts alone", () => {
    expect(rules(staging, "Egress")).toEqual([`${balancer} tcp 8443-8443 ${hosts}`, `${hosts} -1 ${anywhere}`].sort());
  });

  it("is packages and AWS's services, where the application has no network", async () => {
    const app = { ...(readStackFile("staging")["portico:app"] as object), network: "none" };
    const recording = await program.run({ file: awsFile("staging", {}, { app }), stack: "staging" });
    expect(rules(recording, "Egress")).toEqual(
      [
        `${balancer} tcp 8443-8443 ${hosts}`,
        `${hosts} tcp 443-443 ${anywhere}`,
        `${hosts} tcp 80-80 ${anywhere}`,
      ].sort(),
    );
  });
});

it("no group has rules of its own beside them, which would take turns with them", () => {
  for (const { inputs } of staging.ofType(":SecurityGroup"))
    expect(Object.keys(inputs)).not.toEqual(expect.arrayContaining(["ingress"]));
  expect(staging.resources.filter(({ type }) => type.endsWith(":SecurityGroupRule"))).toEqual([]);
});

it("every rule says what it is for, in letters that AWS takes", () => {
  for (const { inputs } of [
    ...staging.ofType(":SecurityGroupIngressRule"),
    ...staging.ofType(":SecurityGroupEgressRule"),
  ]) {
    expect(inputs.description).toMatch(/^[a-zA-Z0-9. _:/()#,@[\]+=&;{}!$*-]{5,255}$/);
  }
});
