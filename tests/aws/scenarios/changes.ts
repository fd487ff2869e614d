import type { Group } from "../support/awsStack";
import type { AwsTests } from "../support/awsTests";

const inService = { "web-1": "healthy", "web-2": "healthy" };

interface Change {
  name: string;
  settings: () => Record<string, Group>;
  /** Machines that become other ones. */
  replaced: string[];
}

export function describeChanges(tests: AwsTests): void {
  const changes: Change[] = [
    { name: "batch", settings: () => ({ rollout: { batch: "100%" } }), replaced: [] },
    { name: "health path", settings: () => ({ app: { livePath: "/readyz" } }), replaced: [] },
    { name: "certificate generation", settings: () => ({ authority: { generation: 2 } }), replaced: [] },
    {
      name: "image of one machine",
      settings: () => ({
        aws: { machines: { overrides: { "web-2": { imageId: tests.standIn.account.newerImageId } } } },
      }),
      replaced: ["web-2"],
    },
    {
      name: "size of all machines",
      settings: () => ({ aws: { machines: { instanceType: "t3.medium" } } }),
      replaced: ["web-1", "web-2"],
    },
  ];

  describe("a change", () => {
    it.each(changes)(
      "of $name is made without a moment below capacity, and replaces just $replaced",
      async ({ name, settings, replaced }) => {
        const { staging } = tests;
        const before = staging.instances();
        const started = Date.now();
        staging.set(settings());
        await tests.succeed(staging, `change of ${name}`, staging.up());
        const after = staging.instances();
        expect(
          Object.keys(after).filter((machine) => after[machine]!.InstanceId !== before[machine]?.InstanceId),
        ).toEqual(replaced);
        expect(staging.targetStates()).toEqual(inService);
        expect(tests.leastCapacity(started)).toBe(2);
      },
    );

    it("leaves nothing to do", async () => {
      await tests.succeed(tests.staging, "preview after the changes", tests.staging.preview("--expect-no-changes"));
    });

    it("of the health path has reached the machines alone: the balancer asks all of them at the same path", () => {
      const { TargetGroups } = tests.standIn.call<{ TargetGroups: { HealthCheckPath: string }[] }>(
        "elbv2",
        "describe_target_groups",
      );
      expect(TargetGroups.map(({ HealthCheckPath }) => HealthCheckPath)).toEqual(["/.portico/health"]);
      for (const name of Object.keys(inService))
        expect(tests.staging.onMachine(name, "cat /etc/portico/nginx/sites/web.conf")).toContain(
          "rewrite ^ /readyz break;",
        );
    });

    it("of size has never more than one machine beyond the fleet", () => {
      const targets = tests.standIn.moments(0).map(({ states }) => Object.keys(states).length);
      expect(Math.max(...targets)).toBeLessThanOrEqual(3);
    });
  });
}
