import {
  bucketLife,
  bucketMark,
  bucketName,
  bucketPolicy,
  type StatePlace,
} from "../../../lib/targets/aws/stateBackend";
import { callAws, AwsError } from "./awsCli";

/** A bucket of the name, as it was found. */
type Found = "missing" | "ours" | "unmarked and empty";

/** The bucket of the state: private, encrypted, every version kept for a while. */
export class StateBucket {
  private readonly name: string;

  constructor(private readonly place: StatePlace) {
    this.name = bucketName(place);
  }

  /** Throws when a bucket of this name belongs to another account, or serves another purpose. Changes nothing. */
  async find(): Promise<Found> {
    try {
      await this.call("head-bucket");
    } catch (error) {
      return this.readRefusal(error);
    }
    if (await this.isMarked()) return "ours";
    // Made by a run that was cut off before it could mark it.
    if (await this.isEmpty()) return "unmarked and empty";
    throw new Error(
      `bucket ${this.name}: got one that holds something else; allowed: none, or one that is tagged ${bucketMark.Key} = ${bucketMark.Value}; tag it so if the state is to be kept there`,
    );
  }

  async provide(found: Found, keyArn: string): Promise<void> {
    const { region } = this.place;
    if (found === "missing") {
      const elsewhere = region === "us-east-1" ? [] : ["--create-bucket-configuration", `LocationConstraint=${region}`];
      await callAws([
        "s3api",
        "create-bucket",
        "--region",
        region,
        "--bucket",
        this.name,
        "--object-ownership",
        "BucketOwnerEnforced",
        ...elsewhere,
      ]);
    }
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn },
      BucketKeyEnabled: true,
    };
    const nobody = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    if (found !== "ours") await this.call("put-bucket-tagging", "--tagging", { TagSet: [bucketMark] });
    await this.call("put-public-access-block", "--public-access-block-configuration", nobody);
    await this.call("put-bucket-versioning", "--versioning-configuration", { Status: "Enabled" });
    await this.call("put-bucket-encryption", "--server-side-encryption-configuration", { Rules: [rule] });
    await this.call("put-bucket-policy", "--policy", bucketPolicy(this.place));
    await this.call("put-bucket-lifecycle-configuration", "--lifecycle-configuration", bucketLife);
  }

  private readRefusal(error: unknown): "missing" {
    const code = error instanceof AwsError ? error.code : "";
    if (code === "404" || code === "NoSuchBucket") return "missing";
    if (code === "403")
      throw new Error(
        `bucket ${this.name}: got one that this account must not read; allowed: none, or one of account ${this.place.accountId}; it is somebody else's, or these credentials lack s3:ListBucket`,
      );
    throw error;
  }

  private async isMarked(): Promise<boolean> {
    try {
      const { TagSet } = await this.call<{ TagSet: { Key: string; Value: string }[] }>("get-bucket-tagging");
      return TagSet.some(({ Key, Value }) => Key === bucketMark.Key && Value === bucketMark.Value);
    } catch (error) {
      if (error instanceof AwsError && error.code === "NoSuchTagSet") return false;
      throw error;
    }
  }

  private async isEmpty(): Promise<boolean> {
    const found = await this.call<{ Versions?: unknown[]; DeleteMarkers?: unknown[] } | undefined>(
      "list-object-versions",
      "--max-items",
      "1",
    );
    return (found?.Versions ?? []).length + (found?.DeleteMarkers ?? []).length === 0;
  }

  /** Refused by S3 when the bucket is another account's. */
  private call<Answer>(operation: string, option?: string, value?: object | string): Promise<Answer> {
    const given = option === undefined ? [] : [option, typeof value === "string" ? value : JSON.stringify(value)];
    const { accountId, region } = this.place;
    return callAws<Answer>([
      "s3api",
      operation,
      "--region",
      region,
      "--bucket",
      this.name,
      "--expected-bucket-owner",
      accountId,
      ...given,
    ]);
  }
}
