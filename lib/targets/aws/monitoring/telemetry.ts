import { contract } from "../../../base/contract";
import type { AwsSettings } from "../../../settings";

/** Where the application hosts of a stack send their metrics and logs. */
export interface Telemetry {
  region: string;
  /** Log group; the hosts may not make it. */
  logGroup: string;
  /** Namespace of the metrics; the hosts may write to no other. */
  namespace: string;
  /** Value of the metrics' dimension Stack. */
  stack: string;
}

export const metricNamespace = "Portico";

/** What the hosts measure each minute, one value of each for a machine. */
export const hostMetrics = contract.metrics;

/** The dimensions by which the values of one machine are found. */
export function machineDimensions<Name>(stack: string, machine: Name): Record<string, Name | string> {
  return { [contract.metricDimensions.stack]: stack, [contract.metricDimensions.machine]: machine };
}

/**
 * Name of a stack among all that share an account and a region: `portico-prod`. The name of the log group is made of
 * it and so set on purpose: it stands in the hosts' files, which are known before anything is made.
 */
export function telemetryStack(project: string, stack: string): string {
  return `${project}-${stack}`;
}

export function logGroupName(stack: string): string {
  return `/portico/${stack}`;
}

/** Undefined when the settings turn the shipping off. */
export function planTelemetry({ region, monitoring }: AwsSettings, stack: string): Telemetry | undefined {
  if (!monitoring.hostLogs) return undefined;
  return { region, logGroup: logGroupName(stack), namespace: metricNamespace, stack };
}
