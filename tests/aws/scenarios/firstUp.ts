import { processWatch } from "../../support/processWatch";
import type { AwsStack } from "../support/awsStack";
import type { AwsTests } from "../support/awsTests";

export function describeFirstUp(tests: AwsTests, stackOf: () => AwsStack, machines: string[]): void {
  const allHealthy = Object.fromEntries(machines.map((name) => [name, "healthy"]));

  describe("the first up", () => {
    it("is previewed without making anything", async () => {
      const stack = stackOf();
      const { output } = await tests.succeed(stack, "preview of a new stack", stack.preview());
      expect(output).toMatch(/\d+ to create/);
      expect(stack.instances()).toEqual({});
      expect(await stack.resources()).toEqual([]);
    });

    it("brings every machine into service over the zones, and never shows a secret to other processes", async () => {
      const stack = stackOf();
      const watch = processWatch(tests.plantedSecret);
      const { output } = await tests.succeed(stack, "first up", stack.up());
      expect(watch.stop()).toEqual([]);
      expect(output).not.toContain(tests.plantedSecret);
      expect(stack.targetStates()).toEqual(allHealthy);
      const zones = Object.values(stack.instances()).map(({ Placement }) => Placement.AvailabilityZone);
      expect(new Set(zones).size).toBe(machines.length);
      tests.report.count(
        stack.name,
        (await stack.resources()).map(({ type }) => type),
      );
    });

    it.each(machines)("leaves %s with its own release, without fault, and with no key of its boot", async (name) => {
      const stack = stackOf();
      const { release } = await stack.outputs();
      expect(JSON.parse(stack.onMachine(name, "portico-host status"))).toMatchObject({ current: { release } });
      expect(JSON.parse(stack.onMachine(name, "portico-host check || true"))).toMatchObject({ problems: [] });
      expect(stack.onMachine(name, "cloud-init status --wait")).toContain("status: done");
      expect(stack.onMachine(name, "ls /etc/ssh/ssh_host_*_key").trim()).toBe("/etc/ssh/ssh_host_ed25519_key");
    });

    it("changes nothing when run again", async () => {
      const stack = stackOf();
      const { output } = await tests.succeed(stack, "up without a change", stack.up());
      expect(output).toMatch(/Resources:\s+\d+ unchanged\n/);
    });

    it("expects no change of a refreshed preview either", async () => {
      const stack = stackOf();
      await tests.succeed(
        stack,
        "refreshed preview without a change",
        stack.preview("--refresh", "--expect-no-changes"),
      );
    });
  });
}
