import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { assumedBy, policyText } from "../../../lib/targets/aws/policyDocument";

export interface FlowLogsArgs {
  vpcId: pulumi.Input<string>;
  /** How long records are kept; a change is made in place. */
  days: number;
}

/**
 * Records who talked to whom in a network: one line for each flow in ten minutes, in CloudWatch.
 *
 * @example
 * new FlowLogs("network-flows", { vpcId, days: 30 }, { parent: this });
 */
export class FlowLogs extends pulumi.ComponentResource {
  constructor(name: string, { vpcId, days }: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:FlowLogs", name, { days }, opts);
    const group = new aws.cloudwatch.LogGroup(
      `${name}-group`,
      { retentionInDays: days, tags: { Name: "Flows of the network" } },
      { parent: this },
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      { assumeRolePolicy: assumedBy("vpc-flow-logs.amazonaws.com"), tags: { Name: "Writes the flows of the network" } },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      { role: role.id, policy: group.arn.apply(mayWrite) },
      { parent: this },
    );
    new aws.ec2.FlowLog(
      `${name}-log`,
      {
        vpcId,
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        iamRoleArn: role.arn,
        tags: { Name: "Flows of the network" },
      },
      { parent: this, dependsOn: [policy] },
    );
    this.registerOutputs({});
  }
}

/** AWS documents that the list of all groups is needed to find this one. */
function mayWrite(groupArn: string): string {
  const actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"];
  return policyText([
    { Effect: "Allow", Action: actions, Resource: [groupArn, `${groupArn}:*`] },
    { Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: ["*"] },
  ]);
}
