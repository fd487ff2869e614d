import type { AwsTests } from "../support/awsTests";
import { leftovers } from "../support/leftovers";

export function describeRemoval(tests: AwsTests): void {
  describe("destroy", () => {
    it("leaves nothing, also with one machine gone already and a full log bucket", async () => {
      const { staging, standIn } = tests;
      expect(Object.keys(leftovers(standIn))).toEqual(
        expect.arrayContaining(["instances", "networks", "balancers", "buckets", "records"]),
      );
      for (const Bucket of leftovers(standIn).buckets!) {
        // The stand-in has no TLS, which the bucket's policy demands, and no log delivery of AWS.
        standIn.call("s3", "delete_bucket_policy", { Bucket });
        for (const day of ["01", "02", "03"])
          standIn.call("s3", "put_object", { Bucket, Key: `access/2026/01/${day}/log.gz`, Body: "line" });
      }
      standIn.call("ec2", "terminate_instances", { InstanceIds: [staging.instances()["web-2"]!.InstanceId] });
      await tests.succeed(staging, "destroy", staging.down());
      expect(leftovers(standIn)).toEqual({});
      expect(await staging.resources()).toEqual([]);
    });

    it("has nothing to do when run again", async () => {
      await tests.succeed(tests.staging, "destroy again", tests.staging.down());
    });
  });
}
