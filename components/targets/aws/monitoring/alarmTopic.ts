import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { topicKeyPolicy, topicPolicy, type AccountPlace } from "../../../../lib/targets/aws/monitoring/policies";

export interface AlarmTopicArgs {
  /** Account and region whose alarms may publish. */
  place: AccountPlace;
  /** Addresses that get each message; an address gets nothing until its owner confirms. */
  emails: readonly string[];
}

/** How long a deleted key can be brought back; AWS's shortest. Nothing that it encrypted outlasts a delivery. */
const keyDays = 7;

/**
 * The topic that alarms publish to. It is encrypted with a key of its own: AWS's key for SNS lets no alarm publish,
 * silently, and its policy cannot be changed.
 *
 * @example
 * new AlarmTopic("alarm-topic", { place: { accountId, region }, emails }, { parent: this }).arn;
 */
export class AlarmTopic extends pulumi.ComponentResource {
  /** Known when alarms may publish. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { place, emails }: AlarmTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:AlarmTopic", name, { emails: [...emails] }, opts);
    const key = new aws.kms.Key(
      `${name}-key`,
      {
        description: "Messages of the alarms",
        policy: topicKeyPolicy(place),
        enableKeyRotation: true,
        deletionWindowInDays: keyDays,
        tags: { Name: "Alarm topic" },
      },
      { parent: this },
    );
    const topic = new aws.sns.Topic(name, { kmsMasterKeyId: key.arn, tags: { Name: "Alarms" } }, { parent: this });
    const policy = new aws.sns.TopicPolicy(
      `${name}-policy`,
      { arn: topic.arn, policy: topic.arn.apply((arn) => topicPolicy(arn, place)) },
      { parent: this },
    );
    for (const endpoint of emails) {
      new aws.sns.TopicSubscription(
        `${name}-email-${endpoint}`,
        { topic: topic.arn, protocol: "email", endpoint },
        { parent: this },
      );
    }
    this.arn = policy.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
