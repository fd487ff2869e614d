import type { AwsTests } from "../support/awsTests";

export function describeHealing(tests: AwsTests): void {
  describe("an instance that is gone behind Pulumi's back", () => {
    it("is made anew by the next refreshed up and comes into service without a manual step", async () => {
      const { staging, standIn } = tests;
      const before = staging.instances();
      standIn.call("ec2", "terminate_instances", { InstanceIds: [before["web-1"]!.InstanceId] });
      await tests.succeed(
        staging,
        "up after the loss of a machine",
        staging.pulumi(["up", "--refresh", "--yes", "--skip-preview", "--non-interactive"]),
      );
      const after = staging.instances();
      expect(after["web-1"]!.InstanceId).not.toBe(before["web-1"]!.InstanceId);
      expect(after["web-2"]!.InstanceId).toBe(before["web-2"]!.InstanceId);
      expect(staging.targetStates()).toEqual({ "web-1": "healthy", "web-2": "healthy" });
    });

    it("leaves nothing to do", async () => {
      await tests.succeed(
        tests.staging,
        "preview after the loss",
        tests.staging.preview("--refresh", "--expect-no-changes"),
      );
    });
  });
}
