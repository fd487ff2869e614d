import { BalancerStacks } from "../support/balancerStacks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let stacks: BalancerStacks;

beforeAll(async () => {
  stacks = await new BalancerStacks(makeFolder()).record();
});

describe("the logs", () => {
  it("of requests and of connections go to one bucket, each to a folder of its own, when the bucket takes them", () => {
    expect(stacks.inputsOf("balancer").accessLogs).toEqual({
      bucket: "balancer-logs-id",
      prefix: "access",
      enabled: true,
    });
    expect(stacks.inputsOf("balancer").connectionLogs).toEqual({
      bucket: "balancer-logs-id",
      prefix: "connections",
      enabled: true,
    });
    expect(stacks.dependenciesOf("balancer")).toContain("balancer-logs-policy");
  });

  it("may be written by the balancers of this account alone, below its own folders, and by nobody without TLS", () => {
    const { Statement } = JSON.parse(stacks.inputsOf("balancer-logs-policy").policy as string) as {
      Statement: Record<string, unknown>[];
    };
    const bucket = "arn:aws:made-up:eu-central-1:123456789012:balancer-logs";
    expect(Statement.filter(({ Effect }) => Effect === "Allow")).toEqual([
      {
        Sid: "BalancerLogs",
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: [`${bucket}/access/AWSLogs/123456789012/*`, `${bucket}/connections/AWSLogs/123456789012/*`],
      },
    ]);
    expect(Statement.filter(({ Effect }) => Effect === "Deny")).toMatchObject([
      {
        Principal: "*",
        Action: "s3:*",
        Resource: [bucket, `${bucket}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("are private, encrypted by S3 itself, and kept for the days of the settings", () => {
    expect(stacks.inputsOf("balancer-logs-private")).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(stacks.inputsOf("balancer-logs-ownership").rule).toEqual({ objectOwnership: "BucketOwnerEnforced" });
    expect(stacks.inputsOf("balancer-logs-encryption").rules).toEqual([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    expect(stacks.inputsOf("balancer-logs-life").rules).toEqual([
      {
        id: "expire",
        status: "Enabled",
        filter: { prefix: "" },
        expiration: { days: 7 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    ]);
  });

  it("go with staging, however many there are, and stay with prod", () => {
    for (const [recording, kept] of [
      [stacks.prod, true],
      [stacks.staging, false],
    ] as const) {
      expect(stacks.inputsOf("balancer-logs", recording).forceDestroy).toBe(!kept);
      expect(recording.get("balancer-logs").options.protect).toBe(kept);
    }
  });

  it("are not there when the settings want none, and are turned off in so many words where they were", async () => {
    const silent = await stacks.run({ balancer: { logs: false } });
    expect(silent.labels.filter((label) => label.includes("logs") && label.includes("balancer"))).toEqual([]);
    const off = { bucket: "", enabled: false };
    expect(stacks.inputsOf("balancer", silent)).toMatchObject({ accessLogs: off, connectionLogs: off });
  });
});

describe("the web application firewall", () => {
  const rulesOf = (recording: Recording) =>
    recording.get("balancer-firewall").inputs.rules as {
      name: string;
      priority: number;
      statement: Record<string, Record<string, unknown>>;
      action?: unknown;
      overrideAction?: unknown;
    }[];

  it("stands before the balancer of prod, and not before that of staging", () => {
    expect(stacks.inputsOf("balancer-firewall-association", stacks.prod)).toMatchObject({
      resourceArn: expect.stringMatching(/:balancer$/),
      webAclArn: expect.stringMatching(/:balancer-firewall$/),
    });
    expect(stacks.staging.labels.filter((label) => label.includes("balancer-firewall"))).toEqual([]);
  });

  it("lets pass what no rule blocks: a limit for each address, then AWS's own groups", () => {
    expect(stacks.inputsOf("balancer-firewall", stacks.prod)).toMatchObject({
      scope: "REGIONAL",
      defaultAction: { allow: {} },
    });
    const [rate, ...groups] = rulesOf(stacks.prod);
    expect(rate).toMatchObject({
      statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP", evaluationWindowSec: 300 } },
      action: { block: { customResponse: { responseCode: 429 } } },
    });
    const names = [
      "AWSManagedRulesAmazonIpReputationList",
      "AWSManagedRulesKnownBadInputsRuleSet",
      "AWSManagedRulesCommonRuleSet",
    ];
    expect(groups.map(({ statement }) => statement.managedRuleGroupStatement)).toMatchObject(
      names.map((name) => ({ vendorName: "AWS", name })),
    );
    expect(groups.map(({ overrideAction }) => overrideAction)).toEqual([{ none: {} }, { none: {} }, { none: {} }]);
    expect(rulesOf(stacks.prod).map(({ priority }) => priority)).toEqual([0, 1, 2, 3]);
  });

  it("counts under the stack's name and those of its rules, never under a name that AWS keeps for itself", async () => {
    const metricOf = (inputs: Record<string, unknown>) =>
      (inputs.visibilityConfig as { metricName: string }).metricName;
    expect(metricOf(stacks.inputsOf("balancer-firewall", stacks.prod))).toBe("portico-prod");
    const dotted = await stacks.program.run({ file: readStackFile("prod"), stack: "prod.eu" });
    const names = [dotted.get("balancer-firewall").inputs, ...rulesOf(dotted)].map((part) =>
      metricOf(part as Record<string, unknown>),
    );
    expect(names).toEqual(["portico-prod-eu", "rate", "reputation", "bad-inputs", "core"]);
  });

  it("leaves the size of bodies to Nginx, whose limit is a setting", () => {
    const overrides = rulesOf(stacks.prod)
      .map(({ statement }) => statement.managedRuleGroupStatement?.ruleActionOverrides)
      .filter(Boolean);
    expect(overrides).toEqual([[{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }]]);
  });

  it("takes its limit from the settings", async () => {
    const strict = await stacks.run({ balancer: { webFirewall: { enabled: true, requestsPerFiveMinutes: 150 } } });
    expect(rulesOf(strict)[0]!.statement.rateBasedStatement!.limit).toBe(150);
  });
});
