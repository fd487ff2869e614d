import type { AlarmPlan } from "./alarm";
import { hostStats } from "./balancerAlarms";
import { hostMetrics, machineDimensions, metricNamespace } from "./telemetry";

export interface DashboardPlan extends AlarmPlan<string> {
  region: string;
  alarmArns: readonly string[];
}

/** Columns of the grid that CloudWatch lays widgets on. */
const gridWidth = 24;
const half = gridWidth / 2;
const height = 6;

type Series = [namespace: string, metricName: string, ...rest: unknown[]];

/** CloudWatch takes no dot here, which a stack may have in its name. */
export function dashboardName(stack: string): string {
  return stack.replaceAll(".", "-");
}

/** One page about a stack: alarms, what clients see, what the machines say. */
export function renderDashboard(plan: DashboardPlan): string {
  const widgets = [alarms(plan), ...clients(plan), ...(plan.settings.hostLogs ? machines(plan) : [])];
  return JSON.stringify({ widgets });
}

function alarms({ alarmArns, settings }: DashboardPlan) {
  return {
    type: "alarm",
    width: gridWidth,
    height,
    properties: { title: `Alarms; what to do: ${settings.runbookUrl}`, alarms: alarmArns },
  };
}

function clients({ balancer, targetGroup, settings, region }: DashboardPlan) {
  const ofBalancer = (metricName: string, stat: string): Series => [
    "AWS/ApplicationELB",
    metricName,
    "LoadBalancer",
    balancer,
    { stat },
  ];
  const ofGroup = (metricName: string, stat: string): Series => [
    "AWS/ApplicationELB",
    metricName,
    "TargetGroup",
    targetGroup,
    "LoadBalancer",
    balancer,
    { stat },
  ];
  return [
    chart(
      region,
      "Requests",
      ["RequestCount"].map((metric) => ofBalancer(metric, "Sum")),
    ),
    chart(
      region,
      "Errors",
      ["HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count", "HTTPCode_Target_4XX_Count"].map((metric) =>
        ofBalancer(metric, "Sum"),
      ),
    ),
    chart(
      region,
      "Answer time in seconds",
      ["p50", "p95", "p99"].map((stat) => ofBalancer("TargetResponseTime", stat)),
      settings.latencyMilliseconds / 1000,
    ),
    chart(region, "Machines in service", [
      ofGroup("HealthyHostCount", hostStats.healthy),
      ofGroup("UnHealthyHostCount", hostStats.unhealthy),
    ]),
  ];
}

function machines({ stack, machines: observed, settings, region }: DashboardPlan) {
  const ofEach = (metricName: string): Series[] =>
    observed.map(({ name, instanceId }) => [
      metricNamespace,
      metricName,
      ...Object.entries(machineDimensions(stack, instanceId)).flat(),
      { label: name, stat: "Maximum" },
    ]);
  const processors: Series[] = observed.map(({ name, instanceId }) => [
    "AWS/EC2",
    "CPUUtilization",
    "InstanceId",
    instanceId,
    { label: name, stat: "Average" },
  ]);
  return [
    chart(region, "Processors in percent", processors),
    chart(region, "Memory in percent", ofEach(hostMetrics.memory)),
    chart(region, "Disk in percent", ofEach(hostMetrics.disk), settings.diskPercent),
    chart(
      region,
      "Days that the hosts' certificates have left",
      ofEach(hostMetrics.certificateDays),
      settings.certificateDays,
    ),
  ];
}

function chart(region: string, title: string, metrics: Series[], limit?: number) {
  const annotations = limit === undefined ? {} : { annotations: { horizontal: [{ label: "alarm", value: limit }] } };
  return {
    type: "metric",
    width: half,
    height,
    properties: { title, region, view: "timeSeries", period: 300, metrics, ...annotations },
  };
}
