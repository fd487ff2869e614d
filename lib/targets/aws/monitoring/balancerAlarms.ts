import type { AlarmDescription, AlarmPlan, Metric } from "./alarm";

/** Below this number of requests in five minutes a share or a percentile says nothing about the site. */
export const fewestRequests = 20;

/**
 * Each node of the balancer counts for itself: what is checked is what all of them find, as AWS advises. One node that
 * cannot reach a machine for a moment raises nothing.
 */
export const hostStats = { healthy: "Maximum", unhealthy: "Minimum" } as const;

const fiveMinutes = 300;
const day = 86_400;

/** What the balancer and its certificate promise to clients. */
export function balancerAlarms<Name>(plan: AlarmPlan<Name>): AlarmDescription<Name>[] {
  return [errors(plan), latency(plan), unhealthyHosts(plan), missingHosts(plan), certificate(plan)];
}

/** Errors of the balancer's own count too: it makes them when no host answers, and then counts no request. */
function errors<Name>({ settings, ...plan }: AlarmPlan<Name>): AlarmDescription<Name> {
  return {
    role: "errors",
    about: `${settings.errorPercent} % or more of the answers over five minutes were errors (5xx) of the application or of the balancer.`,
    runbook: "errors",
    measures: {
      metrics: {
        requests: ofBalancer(plan, "RequestCount", "Sum"),
        application: ofBalancer(plan, "HTTPCode_Target_5XX_Count", "Sum"),
        balancer: ofBalancer(plan, "HTTPCode_ELB_5XX_Count", "Sum"),
      },
      steps: {
        failed: "FILL(application, 0) + FILL(balancer, 0)",
        answered: "IF(FILL(requests, 0) > failed, FILL(requests, 0), failed)",
        share: `IF(answered >= ${fewestRequests}, 100 * failed / answered, 0)`,
      },
    },
    periodSeconds: fiveMinutes,
    periods: 1,
    raisedWhen: "GreaterThanOrEqualToThreshold",
    threshold: settings.errorPercent,
    // No request, no error.
    missing: "notBreaching",
  };
}

function latency<Name>({ settings, ...plan }: AlarmPlan<Name>): AlarmDescription<Name> {
  return {
    role: "latency",
    about: `The slowest twentieth of the answers took ${settings.latencyMilliseconds} ms or longer over five minutes.`,
    runbook: "latency",
    measures: {
      metrics: {
        requests: ofBalancer(plan, "RequestCount", "Sum"),
        seconds: ofBalancer(plan, "TargetResponseTime", "p95"),
      },
      steps: { slowest: `IF(FILL(requests, 0) >= ${fewestRequests}, 1000 * seconds, 0)` },
    },
    periodSeconds: fiveMinutes,
    periods: 1,
    raisedWhen: "GreaterThanOrEqualToThreshold",
    threshold: settings.latencyMilliseconds,
    // No request, no wait.
    missing: "notBreaching",
  };
}

function unhealthyHosts<Name>(plan: AlarmPlan<Name>): AlarmDescription<Name> {
  return {
    role: "unhealthy-hosts",
    about: "Every node of the balancer has found a machine unhealthy for three minutes.",
    runbook: "unhealthy-hosts",
    measures: ofGroup(plan, "UnHealthyHostCount", hostStats.unhealthy),
    periodSeconds: 60,
    periods: 3,
    raisedWhen: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    // There is no such value without a registered machine; the next alarm is raised then.
    missing: "notBreaching",
  };
}

/** Also when a machine is gone, which nobody counts as unhealthy any more. */
function missingHosts<Name>(plan: AlarmPlan<Name>): AlarmDescription<Name> {
  return {
    role: "healthy-hosts",
    about: `Fewer than ${plan.machines.length} machines have been healthy for five minutes.`,
    runbook: "unhealthy-hosts",
    measures: ofGroup(plan, "HealthyHostCount", hostStats.healthy),
    periodSeconds: 60,
    periods: 5,
    raisedWhen: "LessThanThreshold",
    threshold: plan.machines.length,
    missing: "breaching",
    serving: plan.machines.map(({ name }) => name),
  };
}

function certificate<Name>({ settings, certificateArn }: AlarmPlan<Name>): AlarmDescription<Name> {
  return {
    role: "certificate",
    about: `The public certificate has ${settings.certificateDays} days or fewer left.`,
    runbook: "certificate",
    measures: {
      namespace: "AWS/CertificateManager",
      metricName: "DaysToExpiry",
      dimensions: { CertificateArn: certificateArn },
      stat: "Minimum",
    },
    periodSeconds: day,
    periods: 1,
    raisedWhen: "LessThanOrEqualToThreshold",
    threshold: settings.certificateDays,
    // It comes twice a day, and no more once the certificate has expired: the alarm stays raised.
    missing: "ignore",
  };
}

function ofBalancer<Name>(
  { balancer }: Pick<AlarmPlan<Name>, "balancer">,
  metricName: string,
  stat: string,
): Metric<Name> {
  return { namespace: "AWS/ApplicationELB", metricName, dimensions: { LoadBalancer: balancer }, stat };
}

function ofGroup<Name>({ balancer, targetGroup }: AlarmPlan<Name>, metricName: string, stat: string): Metric<Name> {
  return {
    namespace: "AWS/ApplicationELB",
    metricName,
    dimensions: { LoadBalancer: balancer, TargetGroup: targetGroup },
    stat,
  };
}
