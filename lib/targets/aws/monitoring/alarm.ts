import type { AwsSettings } from "../../../settings";

export type MonitoringSettings = AwsSettings["monitoring"];

/** Sections of docs/aws.md, each for one promise. */
export type Runbook = "errors" | "latency" | "unhealthy-hosts" | "certificate" | "disk" | "failed-release" | "no-data";

/** One metric as CloudWatch finds it. `Name` is the form of names that only the cloud gives. */
export interface Metric<Name> {
  namespace: string;
  metricName: string;
  dimensions: Record<string, Name | string>;
  /** `Sum`, `Minimum`, `Maximum`, or a percentile as `p95`. */
  stat: string;
}

/** A value that is computed from metrics. */
export interface MetricFormula<Name> {
  metrics: Record<string, Metric<Name>>;
  /** Steps by name, each from metrics and steps before it; the last one is checked. */
  steps: Record<string, string>;
}

export interface AlarmDescription<Name> {
  /** Short name within the stack, never positional. */
  role: string;
  /** What a reader of the mail has to know. */
  about: string;
  runbook: Runbook;
  measures: Metric<Name> | MetricFormula<Name>;
  periodSeconds: number;
  /** The alarm is raised when this many periods in a row are beyond the threshold. */
  periods: number;
  raisedWhen: "GreaterThanOrEqualToThreshold" | "LessThanThreshold" | "LessThanOrEqualToThreshold";
  threshold: number;
  /** What a period without data counts as; `ignore` keeps the state that the alarm has. */
  missing: "breaching" | "notBreaching" | "ignore";
  /** Machines that have to be in service before: one that is still being made would raise it. */
  serving?: readonly string[];
}

export interface MonitoredMachine<Name> {
  /** Name in the stack: `web-1`. */
  name: string;
  /** Value of the metrics' dimension Machine. */
  instanceId: Name;
}

export interface AlarmPlan<Name> {
  settings: MonitoringSettings;
  /** Balancer and target group, as CloudWatch calls them. */
  balancer: Name;
  targetGroup: Name;
  certificateArn: Name;
  /** Value of the metrics' dimension Stack. */
  stack: string;
  machines: readonly MonitoredMachine<Name>[];
}
