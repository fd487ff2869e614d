import type { AlarmDescription, AlarmPlan, Metric, MonitoredMachine } from "./alarm";
import { hostMetrics, machineDimensions, metricNamespace } from "./telemetry";

/** What each machine promises, by what it measures itself. */
export function machineAlarms<Name>(
  { settings, stack }: AlarmPlan<Name>,
  machine: MonitoredMachine<Name>,
): AlarmDescription<Name>[] {
  const { name } = machine;
  const measure = (metricName: string, stat: string): Metric<Name> => ({
    namespace: metricNamespace,
    metricName,
    dimensions: machineDimensions(stack, machine.instanceId),
    stat,
  });
  const described: AlarmDescription<Name>[] = [
    {
      role: `disk-${name}`,
      about: `The disk of ${name} is filled to ${settings.diskPercent} % or more.`,
      runbook: "disk",
      measures: measure(hostMetrics.disk, "Maximum"),
      periodSeconds: 300,
      periods: 1,
      raisedWhen: "GreaterThanOrEqualToThreshold",
      threshold: settings.diskPercent,
      // A machine that fell silent has not become empty; its silence has an alarm of its own.
      missing: "ignore",
    },
    {
      role: `failed-release-${name}`,
      about: `The last release failed on ${name}, or went back there.`,
      runbook: "failed-release",
      measures: measure(hostMetrics.releaseFailed, "Maximum"),
      periodSeconds: 60,
      periods: 1,
      raisedWhen: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      missing: "ignore",
    },
    {
      role: `certificate-${name}`,
      about: `The certificate of ${name}, which the balancer meets, has ${settings.certificateDays} days or fewer left.`,
      runbook: "certificate",
      measures: measure(hostMetrics.certificateDays, "Minimum"),
      periodSeconds: 3600,
      periods: 1,
      raisedWhen: "LessThanOrEqualToThreshold",
      threshold: settings.certificateDays,
      missing: "ignore",
    },
    {
      role: `no-data-${name}`,
      about: `${name} has sent nothing for ten minutes.`,
      runbook: "no-data",
      measures: measure(hostMetrics.heartbeat, "Sum"),
      periodSeconds: 60,
      periods: 10,
      raisedWhen: "LessThanThreshold",
      threshold: 1,
      // Silence is what it is about.
      missing: "breaching",
    },
  ];
  return described.map((alarm) => ({ ...alarm, serving: [name] }));
}
