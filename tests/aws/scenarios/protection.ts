import type { AwsTests } from "../support/awsTests";
import { leftovers } from "../support/leftovers";

export function describeProtection(tests: AwsTests): void {
  describe("destroy of a protected stack", () => {
    it("is refused before anything is touched, and says how protection is lifted", async () => {
      const { prod, standIn } = tests;
      const before = leftovers(standIn);
      const { code, output } = await prod.down();
      expect(code).not.toBe(0);
      expect(output).toContain("aws.protection");
      expect(leftovers(standIn)).toEqual(before);
      expect(Object.values(prod.targetStates())).toEqual(["healthy", "healthy", "healthy"]);
    });

    it("leaves nothing when protection was lifted on purpose", async () => {
      const { prod, standIn } = tests;
      prod.set({ aws: { protection: false } });
      await tests.succeed(prod, "up that lifts protection", prod.up());
      await tests.succeed(prod, "destroy", prod.down());
      expect(leftovers(standIn)).toEqual({});
    });
  });
}
