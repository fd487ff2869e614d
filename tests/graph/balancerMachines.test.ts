import { BalancerStacks } from "../support/balancerStacks";
import { stdoutOf } from "../support/providerMocks";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret } from "../support/wireValues";
import { createHash } from "node:crypto";

const makeFolder = temporaryFolders();
let stacks: BalancerStacks;

beforeAll(async () => {
  stacks = await new BalancerStacks(makeFolder()).record();
});

describe("a machine", () => {
  const target = {
    region: "eu-central-1",
    targetGroupArn: expect.stringContaining("balancer-hosts"),
    targetId: "web-1-instance-id",
  };

  it("is registered when its release answers, by its id and the port of Nginx, in the account of the target", () => {
    expect(stacks.inputsOf("web-1-attachment")).toEqual({
      targetGroupArn: target.targetGroupArn,
      targetId: "web-1-instance-id",
      port: 8443,
    });
    expect(stacks.dependenciesOf("web-1-attachment")).toContain("web-1-activate");
    expect(stacks.staging.get("web-1-attachment").options.provider).toBe("aws-provider");
  });

  it("is waited for until it is in service, on the whole way of a request, and again after each switch", async () => {
    const { inputs } = stacks.staging.get("web-1-in-service");
    expect(inputs).toMatchObject({
      create: "bin/target-health wait",
      triggers: ["web-1-instance-id"],
      logging: "stderr",
    });
    expect(inputs).not.toHaveProperty("update");
    expect(inputs).not.toHaveProperty("delete");
    expect(stacks.dependenciesOf("web-1-in-service")).toEqual(
      expect.arrayContaining([
        "web-1-attachment",
        "web-1-activate",
        "balancer-https",
        "balancer-name-staging.example.com",
      ]),
    );
    const activated = createHash("sha256")
      .update(JSON.stringify([stdoutOf("web-1-activate")]))
      .digest("hex")
      .slice(0, 16);
    expect(JSON.parse(stacks.staging.stdinOf("web-1-in-service"))).toEqual({
      ...target,
      name: "web-1",
      port: 8443,
      seconds: 120,
      steadySeconds: 15,
      activated,
    });
    expect(isSecret(inputs.stdin)).toBe(true);
    const switched = await stacks.run({}, {}, { prints: { "web-1-activate": '{"printed":"another line"}' } });
    expect(stacks.staging.changesTo(switched)).toEqual(["web-1-confirm", "web-1-in-service"]);
  });

  it("switches when the balancer can check it: no lease runs while a certificate is still awaited", async () => {
    const migrating = await stacks.run(
      {},
      {
        app: {
          ...(readStackFile("staging")["portico:app"] as object),
          migration: { command: ["flask", "db", "upgrade"] },
        },
      },
    );
    for (const label of ["web-1-activate", "web-2-activate", "web-1-migrate"]) {
      expect([...migrating.waitsFor(label)]).toEqual(
        expect.arrayContaining(["balancer-https", "balancer-name-staging.example.com", "certificate-issued"]),
      );
    }
    expect(migrating.waitsFor("web-1-stage")).not.toContain("balancer-https");
  });

  it("is in service before the next batch switches", () => {
    expect(stacks.dependenciesOf("web-2-activate")).toContain("web-1-in-service");
    expect([...stacks.staging.waitsFor("web-1-attachment")]).not.toContain("web-2-activate");
  });

  it("leaves in order: its place first, then its last requests are waited for, then it goes itself", () => {
    const { inputs, options } = stacks.staging.get("web-1-drain");
    expect(inputs).toMatchObject({ delete: "bin/target-health drain", triggers: ["web-1-instance-id"] });
    expect(inputs).not.toHaveProperty("create");
    expect(JSON.parse(stacks.staging.stdinOf("web-1-drain"))).toEqual({ ...target, seconds: 105 });
    expect(stacks.dependenciesOf("web-1-attachment")).toContain("web-1-drain");
    expect(options.dependsOn).toEqual(expect.arrayContaining(["web-1-instance", "balancer-hosts"]));
    expect(options.deletedWith).toBeUndefined();
    expect(stacks.staging.get("web-1-attachment").options.deletedWith).toBeUndefined();
    expect(options.customTimeouts.delete).toBe("165s");
  });

  it("is waited for longer by those that switched before: the lease counts the balancer's verdict", () => {
    const { leaseSeconds } = JSON.parse(stacks.staging.stdinOf("web-1-activate")) as { leaseSeconds: number };
    expect(leaseSeconds).toBe(2 * (40 + 15 + 45 + 120 + 30) + 60);
  });
});
