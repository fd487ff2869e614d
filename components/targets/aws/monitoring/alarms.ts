import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlarmDescription, AlarmPlan, Metric, MetricFormula } from "../../../../lib/targets/aws/monitoring/alarm";
import { alarmText, describeAlarms } from "../../../../lib/targets/aws/monitoring/alarms";
import { readLeftOut } from "../../../../lib/rollout/leftOut";

type Name = pulumi.Input<string>;

export interface AlarmsArgs {
  /** What is promised, and by whom; another threshold changes its alarm in place. */
  plan: AlarmPlan<Name>;
  /** Topic to which each alarm is published when it is raised and when it ends. */
  topicArn: pulumi.Input<string>;
  /** What each machine of the plan has passed once it is in service, by name. */
  inService: ReadonlyMap<string, pulumi.Resource>;
}

/**
 * The alarms of a stack, one for each promise. Each says what is wrong and links its runbook, and comes, or turns to the
 * next machine, once the machines that it is about are in service.
 *
 * @example
 * new Alarms("alarms", { plan, topicArn: topic.arn, inService }, { parent: this }).arns;
 */
export class Alarms extends pulumi.ComponentResource {
  readonly arns: pulumi.Output<string>[];

  constructor(name: string, { plan, topicArn, inService }: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:Alarms", name, { machines: plan.machines.map((machine) => machine.name) }, opts);
    const alarms = describeAlarms(plan).map((alarm) => {
      const actions = { alarmActions: [topicArn], okActions: [topicArn] };
      const inputs = { ...inputsOf(alarm), alarmDescription: alarmText(alarm, plan.settings.runbookUrl), ...actions };
      return new aws.cloudwatch.MetricAlarm(`${name}-${alarm.role}`, inputs, {
        parent: this,
        dependsOn: (alarm.serving ?? [])
          .filter((machine) => !readLeftOut().includes(machine))
          .map((machine) => gateOf(machine, inService)),
      });
    });
    this.arns = alarms.map(({ arn }) => arn);
    this.registerOutputs({});
  }
}

function gateOf(machine: string, inService: AlarmsArgs["inService"]): pulumi.Resource {
  const gate = inService.get(machine);
  if (gate === undefined)
    throw new Error(`${machine}: got no gate; allowed: one for each machine of the plan; pass those of the rollout`);
  return gate;
}

function inputsOf(alarm: AlarmDescription<Name>): aws.cloudwatch.MetricAlarmArgs {
  const { measures, periodSeconds } = alarm;
  return {
    comparisonOperator: alarm.raisedWhen,
    threshold: alarm.threshold,
    evaluationPeriods: alarm.periods,
    datapointsToAlarm: alarm.periods,
    treatMissingData: alarm.missing,
    ...("steps" in measures
      ? { metricQueries: queriesOf(measures, periodSeconds) }
      : metricOf(measures, periodSeconds)),
  };
}

function metricOf(
  { namespace, metricName, dimensions, stat }: Metric<Name>,
  period: number,
): Partial<aws.cloudwatch.MetricAlarmArgs> {
  return { namespace, metricName, dimensions, statistic: stat, period };
}

/** CloudWatch wants exactly one query that hands its data back: the last step. */
function queriesOf(
  { metrics, steps }: MetricFormula<Name>,
  period: number,
): aws.types.input.cloudwatch.MetricAlarmMetricQuery[] {
  const checked = Object.keys(steps).at(-1);
  return [
    ...Object.entries(metrics).map(([id, metric]) => ({ id, metric: { ...metric, period }, returnData: false })),
    ...Object.entries(steps).map(([id, expression]) => ({ id, expression, label: id, returnData: id === checked })),
  ];
}
