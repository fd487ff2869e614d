import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { hostPolicy } from "../../../../lib/targets/aws/monitoring/policies";
import { logGroupName } from "../../../../lib/targets/aws/monitoring/telemetry";

export interface HostLogsArgs {
  /** Name of the stack in the account: it becomes part of the group's name. */
  stack: string;
  /** How long lines are kept, in days; a change is made in place. */
  days: number;
  /** Role of the machines, which may write here and nowhere else. */
  instanceProfile: pulumi.Input<string>;
}

/**
 * The log group of the machines and their right to write to it, and metrics of ours besides. Its name is set, unlike
 * all others: the files of the hosts hold it, and are known before anything is made.
 *
 * @example
 * new HostLogs("host-logs", { stack: "portico-prod", days: 30, instanceProfile: role.roleName }, { parent: this });
 */
export class HostLogs extends pulumi.ComponentResource {
  constructor(name: string, { stack, days, instanceProfile }: HostLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:HostLogs", name, { stack, days }, opts);
    const group = new aws.cloudwatch.LogGroup(
      name,
      { name: logGroupName(stack), retentionInDays: days, tags: { Name: "Logs of the machines" } },
      { parent: this },
    );
    new aws.iam.RolePolicy(
      `${name}-policy`,
      { role: instanceProfile, policy: group.arn.apply(hostPolicy) },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
