import type { AlarmDescription, AlarmPlan, MonitoringSettings } from "../../../lib/targets/aws/monitoring/alarm";
import { alarmText, describeAlarms } from "../../../lib/targets/aws/monitoring/alarms";
import { renderDashboard } from "../../../lib/targets/aws/monitoring/dashboard";
import { hostPolicy, topicKeyPolicy, topicPolicy } from "../../../lib/targets/aws/monitoring/policies";
import { planTelemetry } from "../../../lib/targets/aws/monitoring/telemetry";
import { parseSettings, type AwsSettings } from "../../../lib/settings";
import { awsGroup } from "../../support/awsGroup";

const runbookUrl = "https://example.com/docs/aws.md";

function settingsWith(monitoring: Record<string, unknown> = {}): AwsSettings {
  const aws = awsGroup({ monitoring: { runbookUrl, ...monitoring } });
  return parseSettings({ target: "aws", site: { domains: ["www.example.com"] }, app: { module: "shop:app" }, aws })
    .aws!;
}

function planWith(settings: MonitoringSettings = settingsWith().monitoring): AlarmPlan<string> {
  const machines = ["web-1", "web-2"].map((name, index) => ({ name, instanceId: `i-000000000000000${index + 1}` }));
  return {
    settings,
    balancer: "app/b/1",
    targetGroup: "targetgroup/t/1",
    certificateArn: "arn:certificate",
    stack: "portico-prod",
    machines,
  };
}

const alarms = (monitoring: Record<string, unknown> = {}) =>
  new Map(describeAlarms(planWith(settingsWith(monitoring).monitoring)).map((alarm) => [alarm.role, alarm]));

function alarm(role: string, monitoring: Record<string, unknown> = {}): AlarmDescription<string> {
  const found = alarms(monitoring).get(role);
  if (found === undefined) throw new Error(`${role} is no alarm`);
  return found;
}

/** What CloudWatch makes of the steps, as far as these use its language: sums, comparisons, IF and FILL. */
function check(role: string, values: Record<string, number | undefined>): number {
  const { measures } = alarm(role);
  if (!("steps" in measures)) throw new Error(`${role} computes nothing`);
  const known: Record<string, number | undefined> = { ...values };
  const names = Object.keys(measures.metrics);
  expect(Object.keys(values)).toEqual(names);
  for (const [name, step] of Object.entries(measures.steps)) {
    const body = step.replaceAll("IF(", "choose(").replaceAll("FILL(", "fill(");
    const parameters = ["choose", "fill", ...Object.keys(known)];
    const compute = new Function(...parameters, `return ${body};`) as (...given: unknown[]) => number;
    known[name] = compute(
      (condition: boolean, yes: number, no: number) => (condition ? yes : no),
      (value: number | undefined, other: number) => value ?? other,
      ...Object.values(known),
    );
  }
  return Object.values(known).at(-1)!;
}

describe("the share of errors", () => {
  it("is that of the application's and the balancer's errors among all answers", () => {
    expect(check("errors", { requests: 200, application: 6, balancer: 4 })).toBe(5);
  });

  it("is all of them where no host answers, which the balancer counts as no request", () => {
    expect(check("errors", { requests: undefined, application: undefined, balancer: 30 })).toBe(100);
  });

  it("is nothing where fewer than twenty were asked for, or where nothing failed", () => {
    expect(check("errors", { requests: 19, application: 19, balancer: undefined })).toBe(0);
    expect(check("errors", { requests: 20, application: 20, balancer: undefined })).toBe(100);
    expect(check("errors", { requests: 5000, application: undefined, balancer: undefined })).toBe(0);
    expect(check("errors", { requests: undefined, application: undefined, balancer: undefined })).toBe(0);
  });
});

describe("the time of the slowest twentieth", () => {
  it("is in milliseconds, and nothing where fewer than twenty were asked for", () => {
    expect(check("latency", { requests: 20, seconds: 1.5 })).toBe(1500);
    expect(check("latency", { requests: 19, seconds: 60 })).toBe(0);
  });
});

describe("alarms", () => {
  it("are one for each promise, and for each machine those that it measures itself", () => {
    const ofMachine = (name: string) =>
      ["disk", "failed-release", "certificate", "no-data"].map((role) => `${role}-${name}`);
    const balancer = ["errors", "latency", "unhealthy-hosts", "healthy-hosts", "certificate"];
    expect([...alarms().keys()]).toEqual([...balancer, ...ofMachine("web-1"), ...ofMachine("web-2")]);
    expect([...alarms({ hostLogs: false }).keys()]).toEqual(balancer);
  });

  it.each([
    ["errors", { errorPercent: 7 }, 7, "GreaterThanOrEqualToThreshold"],
    ["latency", { latencyMilliseconds: 900 }, 900, "GreaterThanOrEqualToThreshold"],
    ["unhealthy-hosts", {}, 1, "GreaterThanOrEqualToThreshold"],
    ["healthy-hosts", {}, 2, "LessThanThreshold"],
    ["certificate", { certificateDays: 30 }, 30, "LessThanOrEqualToThreshold"],
    ["disk-web-1", { diskPercent: 70 }, 70, "GreaterThanOrEqualToThreshold"],
    ["failed-release-web-1", {}, 1, "GreaterThanOrEqualToThreshold"],
    ["certificate-web-2", { certificateDays: 30 }, 30, "LessThanOrEqualToThreshold"],
    ["no-data-web-2", {}, 1, "LessThanThreshold"],
  ])("%s is raised at the setting's value", (role, monitoring, threshold, raisedWhen) => {
    expect(alarm(role, monitoring)).toMatchObject({ threshold, raisedWhen });
  });

  it("check hosts by what all nodes of the balancer find, in more than one minute", () => {
    expect(alarm("unhealthy-hosts")).toMatchObject({
      measures: { metricName: "UnHealthyHostCount", stat: "Minimum" },
      periods: 3,
    });
    expect(alarm("healthy-hosts")).toMatchObject({
      measures: { metricName: "HealthyHostCount", stat: "Maximum" },
      periods: 5,
    });
  });

  it("wait for the machines that they are about", () => {
    const waiting = [...alarms().values()].map(({ role, serving }) => [role, serving]);
    const ofMachine = (name: string) =>
      ["disk", "failed-release", "certificate", "no-data"].map((role) => [`${role}-${name}`, [name]]);
    const balancer = ["errors", "latency", "unhealthy-hosts", "certificate"].map((role) => [role, undefined]);
    expect(waiting).toHaveLength(5 + 8);
    expect(waiting).toEqual(
      expect.arrayContaining([
        ...balancer,
        ["healthy-hosts", ["web-1", "web-2"]],
        ...ofMachine("web-1"),
        ...ofMachine("web-2"),
      ]),
    );
  });

  it("are raised by silence only where silence is the fault", () => {
    const roles = (missing: string) =>
      [...alarms().values()].filter((each) => each.missing === missing).map(({ role }) => role);
    expect(roles("breaching")).toEqual(["healthy-hosts", "no-data-web-1", "no-data-web-2"]);
    expect(roles("notBreaching")).toEqual(["errors", "latency", "unhealthy-hosts"]);
  });

  it("look at no longer than a day, which is all that CloudWatch allows", () => {
    for (const { periodSeconds, periods } of alarms().values())
      expect(periodSeconds * periods).toBeLessThanOrEqual(86_400);
  });

  it("each say what is wrong and link a section of the runbook", () => {
    expect(alarmText(alarm("no-data-web-1"), runbookUrl)).toBe(
      "web-1 has sent nothing for ten minutes. What to do: https://example.com/docs/aws.md#runbook-no-data",
    );
    const anchors = [...alarms().values()].map((each) => alarmText(each, runbookUrl).split("#")[1]);
    expect(new Set(anchors)).toEqual(
      new Set(
        ["errors", "latency", "unhealthy-hosts", "certificate", "disk", "failed-release", "no-data"].map(
          (name) => `runbook-${name}`,
        ),
      ),
    );
  });
});

describe("the dashboard", () => {
  const drawn = (hostLogs: boolean) => {
    const { monitoring } = settingsWith({ hostLogs, diskPercent: 77 });
    const text = renderDashboard({
      ...planWith(monitoring),
      region: "eu-central-1",
      alarmArns: ["arn:one", "arn:two"],
    });
    return (JSON.parse(text) as { widgets: { type: string; properties: Record<string, unknown> }[] }).widgets;
  };

  it("shows all alarms, what clients see and what each machine measures", () => {
    expect(drawn(true)[0]).toMatchObject({ type: "alarm", properties: { alarms: ["arn:one", "arn:two"] } });
    const disk = drawn(true).find(({ properties }) => properties.title === "Disk in percent")!.properties;
    expect(disk.metrics).toEqual([
      [
        "Portico",
        "DiskPercent",
        "Stack",
        "portico-prod",
        "Machine",
        "i-0000000000000001",
        { label: "web-1", stat: "Maximum" },
      ],
      [
        "Portico",
        "DiskPercent",
        "Stack",
        "portico-prod",
        "Machine",
        "i-0000000000000002",
        { label: "web-2", stat: "Maximum" },
      ],
    ]);
    expect(disk.annotations).toEqual({ horizontal: [{ label: "alarm", value: 77 }] });
  });

  it("shows the numbers of hosts that the alarms check", () => {
    const { metrics } = drawn(true).find(({ properties }) => properties.title === "Machines in service")!
      .properties as { metrics: unknown[][] };
    const shown = metrics.map((series) => [series[1], (series.at(-1) as { stat: string }).stat]);
    const checked = ["healthy-hosts", "unhealthy-hosts"].map(
      (role) => alarm(role).measures as { metricName: string; stat: string },
    );
    expect(shown).toEqual(checked.map(({ metricName, stat }) => [metricName, stat]));
  });

  it("has no chart of machines that measure nothing", () => {
    expect(drawn(false).length).toBeGreaterThan(3);
    expect(JSON.stringify(drawn(false))).not.toContain("Portico");
  });
});

describe("policies", () => {
  const statements = (policy: string) => (JSON.parse(policy) as { Statement: Record<string, unknown>[] }).Statement;
  const place = { accountId: "123456789012", region: "eu-central-1" };

  it("let only alarms of this account and region publish", () => {
    expect(statements(topicPolicy("arn:topic", place))).toEqual([
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: "arn:topic",
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": "arn:*:cloudwatch:eu-central-1:123456789012:alarm:*" },
        },
      },
    ]);
  });

  it("let CloudWatch use the topic's key, which the account manages", () => {
    expect(statements(topicKeyPolicy(place)).map(({ Principal, Action }) => [Principal, Action])).toEqual([
      [{ AWS: "123456789012" }, "kms:*"],
      [{ Service: "cloudwatch.amazonaws.com" }, ["kms:Decrypt", "kms:GenerateDataKey*"]],
    ]);
  });

  it("let a machine write metrics of ours and lines of its log group, and nothing else", () => {
    expect(statements(hostPolicy("arn:group"))).toEqual([
      {
        Sid: "Metrics",
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": "Portico" } },
      },
      { Sid: "Logs", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "arn:group:*" },
    ]);
  });
});

test("hosts send to the stack's own log group, or nowhere", () => {
  expect(planTelemetry(settingsWith(), "portico-prod")).toEqual({
    region: "eu-central-1",
    logGroup: "/portico/portico-prod",
    namespace: "Portico",
    stack: "portico-prod",
  });
  expect(planTelemetry(settingsWith({ hostLogs: false }), "portico-prod")).toBeUndefined();
});
