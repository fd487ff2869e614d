import type { AwsTests } from "../support/awsTests";

export function describeRefusals(tests: AwsTests): void {
  describe("settings that AWS contradicts", () => {
    const cases: [name: string, machines: () => Record<string, unknown>, key: string][] = [
      [
        "an image of another architecture",
        () => ({ imageId: tests.standIn.account.otherImageId }),
        "aws.machines.imageId",
      ],
      ["an image that is not there", () => ({ imageId: "ami-0a0000000000000ff" }), "aws.machines.imageId"],
      ["a size that is not there", () => ({ instanceType: "t3.enormous" }), "aws.machines.instanceType"],
    ];

    it.each(cases)("%s is one clear error at preview, before anything is made", async (_name, machines, key) => {
      const takeBack = tests.staging.set({ aws: { machines: machines() } });
      const { code, output } = await tests.staging.preview();
      takeBack();
      expect(code).not.toBe(0);
      expect(output).toContain(key);
      expect(output).toMatch(/allowed/);
      expect(output).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)$/m);
      expect(tests.staging.instances()).toEqual({});
    });
  });
}
