import { metricNamespace } from "./telemetry";
import { policyText } from "../policyDocument";

export interface AccountPlace {
  accountId: string;
  region: string;
}

/** Only alarms of this account and region may publish. Identities of the account need no statement: their own policies allow them. */
export function topicPolicy(topicArn: string, { accountId, region }: AccountPlace): string {
  const fromAlarms = {
    StringEquals: { "aws:SourceAccount": accountId },
    ArnLike: { "aws:SourceArn": `arn:*:cloudwatch:${region}:${accountId}:alarm:*` },
  };
  return policyText([
    {
      Sid: "Alarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: fromAlarms,
    },
  ]);
}

/**
 * The account manages the key; CloudWatch uses it to publish. Without conditions on who CloudWatch acts for: AWS documents
 * none for this use, one that is not filled in would silence every alarm, and the topic's own policy limits it already.
 */
export function topicKeyPolicy({ accountId }: Pick<AccountPlace, "accountId">): string {
  return policyText([
    { Sid: "Account", Effect: "Allow", Principal: { AWS: accountId }, Action: "kms:*", Resource: "*" },
    {
      Sid: "Alarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
    },
  ]);
}

/** A machine writes metrics to our namespace and lines to this log group, and reads neither. */
export function hostPolicy(logGroupArn: string): string {
  return policyText([
    // CloudWatch limits metrics by namespace only, not as resources.
    {
      Sid: "Metrics",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": metricNamespace } },
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
  ]);
}
