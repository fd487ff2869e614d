import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlarmPlan, MonitoredMachine } from "../../../../lib/targets/aws/monitoring/alarm";
import { dashboardName, renderDashboard } from "../../../../lib/targets/aws/monitoring/dashboard";
import { telemetryStack } from "../../../../lib/targets/aws/monitoring/telemetry";
import type { AwsSettings } from "../../../../lib/settings";
import { Alarms } from "./alarms";
import { AlarmTopic } from "./alarmTopic";
import { HostLogs } from "./hostLogs";

export interface MonitoringArgs {
  /** Account, region, thresholds and what is wanted at all; every change is made in place. */
  settings: AwsSettings;
  /** What CloudWatch calls the balancer and its group of hosts. */
  balancer: { arnSuffix: pulumi.Input<string>; targetGroupArnSuffix: pulumi.Input<string> };
  /** Public certificate. */
  certificateArn: pulumi.Input<string>;
  machines: readonly MonitoredMachine<pulumi.Input<string>>[];
  /** Role of the machines, which gets the right to send logs and metrics. */
  instanceProfile: pulumi.Input<string>;
  /** What each of `machines` has passed once it is in service, by name. */
  inService: ReadonlyMap<string, pulumi.Resource>;
}

/**
 * Watches over a stack on target `aws`: an alarm for each promise, sent by mail, a dashboard, and a place for what the
 * machines log and measure.
 *
 * @example
 * new Monitoring("monitoring", { settings, balancer, certificateArn: certificate.arn, machines, instanceProfile: role.roleName, inService }, { parent: this });
 */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    const { accountId, region, monitoring } = args.settings;
    super(
      "portico:components:Monitoring",
      name,
      { emails: [...monitoring.emails], dashboard: monitoring.dashboard, hostLogs: monitoring.hostLogs },
      opts,
    );
    const plan = planOf(args);
    const topic = new AlarmTopic(
      `${name}-topic`,
      { place: { accountId, region }, emails: monitoring.emails },
      { parent: this },
    );
    const alarms = new Alarms(
      `${name}-alarms`,
      { plan, topicArn: topic.arn, inService: args.inService },
      { parent: this },
    );
    if (monitoring.hostLogs)
      new HostLogs(
        `${name}-logs`,
        { stack: plan.stack, days: Number(monitoring.logDays), instanceProfile: args.instanceProfile },
        { parent: this },
      );
    if (monitoring.dashboard) this.draw(`${name}-dashboard`, plan, region, alarms.arns);
    this.registerOutputs({});
  }

  /** AWS makes no name for a dashboard. */
  private draw(
    name: string,
    plan: AlarmPlan<pulumi.Input<string>>,
    region: string,
    alarmArns: pulumi.Output<string>[],
  ): void {
    const dashboardBody = pulumi.output({ ...plan, region, alarmArns }).apply(renderDashboard);
    new aws.cloudwatch.Dashboard(name, { dashboardName: dashboardName(plan.stack), dashboardBody }, { parent: this });
  }
}

function planOf({ settings, balancer, certificateArn, machines }: MonitoringArgs): AlarmPlan<pulumi.Input<string>> {
  return {
    settings: settings.monitoring,
    balancer: balancer.arnSuffix,
    targetGroup: balancer.targetGroupArnSuffix,
    certificateArn,
    stack: telemetryStack(pulumi.getProject(), pulumi.getStack()),
    machines,
  };
}
