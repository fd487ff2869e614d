import { planUpdates, type PlannedChange, type RecordedResource } from "../../../lib/targets/aws/updates";

const urn = (type: string, name: string) => `urn:pulumi:prod::portico::portico:components:AwsTarget$${type}::${name}`;
const instance = (machine: string) => urn("aws:ec2/instance:Instance", `${machine}-instance`);
const attachment = (machine: string) =>
  urn("aws:lb/targetGroupAttachment:TargetGroupAttachment", `${machine}-attachment`);
const stage = (machine: string) => urn("command:remote:Command", `${machine}-stage`);
const subnet = urn("aws:ec2/subnet:Subnet", "network-private-a");
const role = urn("aws:iam/instanceProfile:InstanceProfile", "machine-role-profile");
const loginKey = urn("tls:index/privateKey:PrivateKey", "aws-login-key");
const dashboard = urn("aws:cloudwatch/dashboard:Dashboard", "monitoring-dashboard");

/** As the engine tells a replacement: three operations on one resource. */
const replace = (...urns: string[]): PlannedChange[] =>
  urns.flatMap((one) => ["create-replacement", "replace", "delete-replaced"].map((op) => ({ urn: one, op })));

const machine = (name: string): RecordedResource[] => [
  { urn: instance(name), type: "aws:ec2/instance:Instance", delete: false, dependencies: [subnet, role, loginKey] },
  {
    urn: attachment(name),
    type: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    delete: false,
    dependencies: [instance(name)],
  },
];
const unfinished = (name: string): RecordedResource => ({ ...machine(name)[0]!, delete: true });
const fleet = ["web-1", "web-2", "web-3", "web-10"].flatMap(machine);

const ofMachine = (name: string) => [`**::${name}`, `**::${name}-*`];

describe("planUpdates", () => {
  it("has one update of everything where at most one machine becomes another one", () => {
    const updates = [{ targets: [] }];
    expect(planUpdates([{ urn: dashboard, op: "update" }], fleet)).toEqual({ updates, replaced: [] });
    expect(planUpdates(replace(instance("web-2"), stage("web-2"), attachment("web-2")), fleet)).toEqual({
      updates,
      replaced: ["web-2"],
    });
  });

  it("gives each machine its turn, in the order of numbers, and leaves everything else to the first and the last", () => {
    const changes = [
      ...replace(
        instance("web-10"),
        attachment("web-10"),
        instance("web-2"),
        attachment("web-2"),
        instance("web-1"),
        stage("web-1"),
      ),
      { urn: dashboard, op: "update" },
    ];
    expect(planUpdates(changes, fleet)).toEqual({
      replaced: ["web-1", "web-2", "web-10"],
      updates: [
        { machine: "web-1", targets: [...ofMachine("web-1"), dashboard] },
        { machine: "web-2", targets: [...ofMachine("web-2"), dashboard] },
        { machine: "web-10", targets: [] },
      ],
    });
  });

  it("takes what is new or changes with the first machine, what is deleted or stays not before the end", () => {
    const made = urn("aws:ec2/route:Route", "network-route");
    const removed = urn("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "firewall-hosts-ssh");
    const rest = [
      { urn: made, op: "create" },
      { urn: stage("web-3"), op: "update" },
      { urn: removed, op: "delete" },
      { urn: dashboard, op: "same" },
    ];
    const { updates } = planUpdates([...replace(instance("web-1"), instance("web-2")), ...rest], fleet);
    expect(updates[0]!.targets).toEqual([...ofMachine("web-1"), made, stage("web-3")]);
  });

  it("never takes web-10 for a part of web-1", () => {
    const { updates } = planUpdates(replace(instance("web-1"), instance("web-2"), stage("web-10")), fleet);
    expect(updates[0]!.targets).toContain(stage("web-10"));
    const globs = updates[0]!.targets
      .filter((target) => target.startsWith("**"))
      .map((glob) => new RegExp(`^${glob.replaceAll("**", ".@").replaceAll("*", "[^:]*").replaceAll(".@", ".*")}$`));
    const matches = (one: string) => globs.some((glob) => glob.test(one));
    expect([instance("web-1"), stage("web-1")].every(matches)).toBe(true);
    expect([instance("web-10"), stage("web-10"), instance("web-2")].some(matches)).toBe(false);
  });

  it("counts a machine that only leaves the balancer and comes back", () => {
    const { replaced } = planUpdates(replace(attachment("web-1"), instance("web-2")), fleet);
    expect(replaced).toEqual(["web-1", "web-2"]);
  });

  it("replaces all in one update when what they stand on in AWS is replaced, and says what that is", () => {
    const plan = planUpdates(replace(subnet, instance("web-1"), instance("web-2")), fleet);
    expect(plan).toMatchObject({ updates: [{ targets: [] }], replaced: ["web-1", "web-2"] });
    expect(plan.allAtOnce).toContain("network-private-a");
  });

  it("still takes turns when a key, or something beside the machines, is replaced", () => {
    expect(planUpdates(replace(loginKey, dashboard, instance("web-1"), instance("web-2")), fleet).updates).toHaveLength(
      2,
    );
  });

  it("first ends the replacement that a failed update began", () => {
    const plan = planUpdates(replace(instance("web-1"), instance("web-2")), [...fleet, unfinished("web-1")]);
    expect(plan.updates.map((update) => update.machine)).toEqual(["web-1", "web-2"]);
    const later = planUpdates(replace(instance("web-1"), attachment("web-2")), [...fleet, unfinished("web-2")]);
    expect(later.updates).toHaveLength(1);
    expect(later.allAtOnce).toContain("web-2");
  });
});
