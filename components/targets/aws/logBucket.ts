import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logDeliveryPolicy } from "../../../lib/targets/aws/balancer/logDelivery";

export interface LogBucketArgs {
  /** Account whose balancers may write. */
  accountId: string;
  /** How long a log is kept, in days; a change is made in place. */
  days: number;
  /** Keep the bucket when the stack goes; otherwise it is emptied and removed. */
  protect: boolean;
}

/**
 * A private bucket for the logs of the balancer, encrypted by S3's own keys: the log delivery takes no other encryption.
 *
 * @example
 * new LogBucket("balancer-logs", { accountId: "123456789012", days: 90, protect: false }, { parent: this }).name;
 */
export class LogBucket extends pulumi.ComponentResource {
  /** Known when the balancer may write: AWS tries a write as soon as a balancer names the bucket. */
  readonly name: pulumi.Output<string>;

  constructor(name: string, { accountId, days, protect }: LogBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:LogBucket", name, { days }, opts);
    const created = new aws.s3.Bucket(
      name,
      { forceDestroy: !protect, tags: { Name: "Logs of the balancer" } },
      { parent: this, protect },
    );
    const bucket = created.id;
    const access = new aws.s3.BucketPublicAccessBlock(
      `${name}-private`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      { parent: this },
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      { parent: this },
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      { parent: this },
    );
    new aws.s3.BucketLifecycleConfiguration(`${name}-life`, { bucket, rules: [expireAfter(days)] }, { parent: this });
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket, policy: created.arn.apply((bucketArn) => logDeliveryPolicy({ bucketArn, accountId })) },
      // S3 refuses changes of both at the same time.
      { parent: this, dependsOn: [access] },
    );
    this.name = policy.bucket;
    this.registerOutputs({ name: this.name });
  }
}

function expireAfter(days: number) {
  // An empty prefix is every object; without any filter the provider would write the old form of the rule.
  return {
    id: "expire",
    status: "Enabled",
    filter: { prefix: "" },
    expiration: { days },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
  };
}
