import type { Recording } from "../support/recording";
import { Program } from "../support/programMocks";
import { readStackFile, type StackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import type { Wire } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;
let recording: Recording;

const runbook = "https://example.com/aws.md#runbook-";

function prodWith(monitoring: Record<string, unknown>): StackFile {
  const file = readStackFile("prod");
  return { ...file, "portico:aws": { ...(file["portico:aws"] as object), monitoring } };
}

const run = (monitoring: Record<string, unknown>) =>
  program.run({ file: prodWith({ runbookUrl: "https://example.com/aws.md", ...monitoring }), stack: "prod" });

beforeAll(async () => {
  program = new Program(makeFolder());
  recording = await run({ emails: ["one@example.com", "two@example.com"], logDays: "90" });
});

const outputOf = (label: string) => `arn:aws:made-up:eu-central-1:123456789012:${label}`;
const inputsOf = (label: string) => recording.get(label).inputs;
const alarmLabels = (from: Recording) =>
  from.labels
    .filter((label) => label.startsWith("monitoring-alarms-"))
    .map((label) => label.replace("monitoring-alarms-", ""));

const balancerAlarms = ["certificate", "errors", "healthy-hosts", "latency", "unhealthy-hosts"];
const balancer = { LoadBalancer: "app/balancer/1" };
const group = { ...balancer, TargetGroup: "targetgroup/balancer-hosts/1" };
/** What every node of the balancer finds. */
const nodesAgree: Record<string, string> = { UnHealthyHostCount: "Minimum", HealthyHostCount: "Maximum" };
const ofMachine = (name: string) => ({ Stack: "portico-prod", Machine: `${name}-instance-id` });

describe("alarms", () => {
  it("are one for each promise, and four for each machine", () => {
    const machines = ["web-1", "web-2", "web-3"].flatMap((name) =>
      ["certificate", "disk", "failed-release", "no-data"].map((role) => `${role}-${name}`),
    );
    expect(alarmLabels(recording)).toEqual([...balancerAlarms, ...machines].sort());
  });

  it.each<[string, string, string, Record<string, Wire>, string, number, number, string]>([
    [
      "unhealthy-hosts",
      "AWS/ApplicationELB",
      "UnHealthyHostCount",
      group,
      "GreaterThanOrEqualToThreshold",
      1,
      60,
      "unhealthy-hosts",
    ],
    ["healthy-hosts", "AWS/ApplicationELB", "HealthyHostCount", group, "LessThanThreshold", 3, 60, "unhealthy-hosts"],
    ["disk-web-2", "Portico", "DiskPercent", ofMachine("web-2"), "GreaterThanOrEqualToThreshold", 85, 300, "disk"],
    [
      "failed-release-web-3",
      "Portico",
      "ReleaseFailed",
      ofMachine("web-3"),
      "GreaterThanOrEqualToThreshold",
      1,
      60,
      "failed-release",
    ],
    [
      "certificate-web-1",
      "Portico",
      "CertificateDays",
      ofMachine("web-1"),
      "LessThanOrEqualToThreshold",
      21,
      3600,
      "certificate",
    ],
    ["no-data-web-1", "Portico", "Heartbeat", ofMachine("web-1"), "LessThanThreshold", 1, 60, "no-data"],
  ])("%s looks at %s %s", (role, namespace, metricName, dimensions, comparisonOperator, threshold, period, anchor) => {
    const inputs = inputsOf(`monitoring-alarms-${role}`);
    expect(inputs).toMatchObject({ namespace, metricName, dimensions, comparisonOperator, threshold, period });
    if (metricName in nodesAgree) expect(inputs).toMatchObject({ statistic: nodesAgree[metricName] });
    expect(inputs.alarmDescription).toMatch(new RegExp(`\\. What to do: ${runbook.replaceAll(".", "\\.")}${anchor}$`));
    expect(inputs).not.toHaveProperty("metricQueries");
  });

  it("the certificate is the one that the balancer shows, looked at once a day", () => {
    const [listener, alarm] = ["balancer-https", "monitoring-alarms-certificate"].map(inputsOf);
    expect(alarm).toMatchObject({
      namespace: "AWS/CertificateManager",
      metricName: "DaysToExpiry",
      statistic: "Minimum",
      period: 86_400,
      threshold: 21,
    });
    expect(alarm!.dimensions).toEqual({ CertificateArn: listener!.certificateArn });
    expect(alarm!.alarmDescription).toContain(`${runbook}certificate`);
  });

  it.each([
    ["errors", 5, ["RequestCount", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"], ["Sum", "Sum", "Sum"]],
    ["latency", 2000, ["RequestCount", "TargetResponseTime"], ["Sum", "p95"]],
  ])(
    "%s are computed from metrics of the balancer, and the last step is what is checked",
    (role, threshold, names, stats) => {
      const { metricQueries, ...inputs } = inputsOf(`monitoring-alarms-${role}`);
      const queries = metricQueries as { metric?: Record<string, Wire>; expression?: string; returnData: boolean }[];
      const metrics = queries.flatMap(({ metric }) => metric ?? []);
      expect(metrics).toEqual(
        names.map((metricName, index) => ({
          namespace: "AWS/ApplicationELB",
          metricName,
          dimensions: balancer,
          stat: stats[index],
          period: 300,
        })),
      );
      expect(queries.filter(({ returnData }) => returnData)).toEqual([queries.at(-1)]);
      expect(queries.at(-1)!.expression).toMatch(/^IF\(/);
      expect(inputs).toMatchObject({
        threshold,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        treatMissingData: "notBreaching",
      });
      for (const name of ["namespace", "metricName", "statistic", "period", "dimensions"])
        expect(inputs).not.toHaveProperty(name);
      expect(inputs.alarmDescription).toContain(`${runbook}${role}`);
    },
  );

  it("all tell the topic when they are raised and when they end, once it lets them, and say what silence means", () => {
    for (const label of alarmLabels(recording).map((role) => `monitoring-alarms-${role}`)) {
      const inputs = inputsOf(label);
      expect(inputs.alarmActions).toEqual([outputOf("monitoring-topic")]);
      expect(inputs.okActions).toEqual(inputs.alarmActions);
      expect(inputs.treatMissingData).toMatch(/^(breaching|notBreaching|ignore)$/);
      expect(inputs.datapointsToAlarm).toBe(inputs.evaluationPeriods);
      expect(recording.waitsFor(label)).toContain("monitoring-topic-policy");
    }
  });
});

describe("an alarm", () => {
  const gates = ["web-1", "web-2", "web-3"].map((name) => `${name}-in-service`);
  const gatesBefore = (role: string) =>
    [...recording.waitsFor(`monitoring-alarms-${role}`)].filter((label) => label.endsWith("-in-service")).sort();

  it.each(["no-data", "disk", "failed-release", "certificate"])(
    "about %s of a machine comes, or turns to the next machine, once that is in service",
    (role) => {
      expect(recording.get(`monitoring-alarms-${role}-web-1`).options.dependsOn).toContain("web-1-in-service");
      expect(gatesBefore(`${role}-web-1`)).toEqual(["web-1-in-service"]);
    },
  );

  it("about missing machines comes when all are in service, and those about answers wait for none", () => {
    expect(gatesBefore("healthy-hosts")).toEqual(gates);
    for (const role of ["errors", "latency", "unhealthy-hosts", "certificate"]) expect(gatesBefore(role)).toEqual([]);
  });

  it("has what it looks at before: the right to send comes without waiting for a machine in service", () => {
    for (const label of ["monitoring-logs", "monitoring-logs-policy"])
      expect([...recording.waitsFor(label)].filter((other) => gates.includes(other))).toEqual([]);
  });
});

describe("the topic", () => {
  it("is encrypted with a key of its own that turns over", () => {
    expect(inputsOf("monitoring-topic").kmsMasterKeyId).toBe(outputOf("monitoring-topic-key"));
    expect(inputsOf("monitoring-topic-key")).toMatchObject({ enableKeyRotation: true, deletionWindowInDays: 7 });
    expect(inputsOf("monitoring-topic-key").policy).toContain('"cloudwatch.amazonaws.com"');
  });

  it("takes messages of this account's alarms only", () => {
    const { arn, policy } = inputsOf("monitoring-topic-policy");
    expect(arn).toBe(outputOf("monitoring-topic"));
    expect(JSON.parse(policy as string)).toMatchObject({
      Statement: [{ Resource: arn, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }],
    });
  });

  it("mails to each address, and to nobody without one", async () => {
    const addresses = recording
      .ofType(":TopicSubscription")
      .map(({ name, inputs }) => [name, inputs.protocol, inputs.endpoint]);
    expect(addresses).toEqual(
      ["one@example.com", "two@example.com"].map((each) => [`monitoring-topic-email-${each}`, "email", each]),
    );
    const silent = await run({});
    expect(silent.labels.filter((label) => label.includes("email"))).toEqual([]);
    expect(silent.labels).toContain("monitoring-topic");
  });
});

describe("logs of the machines", () => {
  const configurationOf = (from: Recording) =>
    (from.get("HostFiles web-files").inputs.files as Record<string, string>)["/etc/portico/observe.json"];

  it("have a group whose name the hosts know, kept as long as the settings say", () => {
    expect(inputsOf("monitoring-logs")).toMatchObject({ name: "/portico/portico-prod", retentionInDays: 90 });
    expect(JSON.parse(configurationOf(recording)!)).toEqual({
      region: "eu-central-1",
      namespace: "Portico",
      logGroup: "/portico/portico-prod",
      stack: "portico-prod",
    });
  });

  it("may be written by the machines' role, that group alone", () => {
    const { role, policy } = inputsOf("monitoring-logs-policy");
    expect(role).toBe(recording.ofType(":InstanceProfile")[0]!.inputs.role);
    const { Statement: statements } = JSON.parse(policy as string) as {
      Statement: { Action: string | string[]; Resource: string }[];
    };
    const [metrics, logs] = statements;
    expect(metrics).toMatchObject({
      Action: "cloudwatch:PutMetricData",
      Condition: { StringEquals: { "cloudwatch:namespace": "Portico" } },
    });
    expect(logs).toMatchObject({
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${outputOf("monitoring-logs")}:*`,
    });
    expect(statements).toHaveLength(2);
  });

  it("are neither sent nor taken without the setting, and no alarm waits for them", async () => {
    const without = await run({ hostLogs: false });
    expect(alarmLabels(without)).toEqual(balancerAlarms);
    expect(without.labels.filter((label) => label.startsWith("monitoring-logs"))).toEqual([]);
    expect(configurationOf(without)).toBeUndefined();
    expect(configurationOf(recording)).toBeDefined();
  });
});

describe("the dashboard", () => {
  it("is one of the stack's name, which names its alarms and machines", () => {
    const { dashboardName, dashboardBody } = inputsOf("monitoring-dashboard");
    expect(dashboardName).toBe("portico-prod");
    for (const part of [outputOf("monitoring-alarms-errors"), "web-3-instance-id", "app/balancer/1"])
      expect(dashboardBody).toContain(part);
  });

  it("is not there without the setting", async () => {
    const without = await run({ dashboard: false });
    expect(recording.labels.filter((label) => !without.labels.includes(label) && !label.includes("email"))).toEqual([
      "monitoring-dashboard",
    ]);
  });
});
