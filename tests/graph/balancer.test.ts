import { createHash } from "node:crypto";
import { Program } from "../support/programMocks";
import { awsFile } from "../support/awsFile";
import { stdoutOf } from "../support/providerMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;
let staging: Recording;
let prod: Recording;

const run = (aws: Parameters<typeof awsFile>[1], rest = {}, more = {}) => program.run({ file: awsFile("staging", aws, rest), stack: "staging", history: staging.outputsOf("Stack").history, ...more });

beforeAll(async () => {
  program = new Program(makeFolder());
  staging = await program.run({ file: readStackFile("staging"), stack: "staging" });
  prod = await program.run({ file: readStackFile("prod"), stack: "prod" });
});

const inputsOf = (label: string, recording = staging) => recording.get(label).inputs;
const dependenciesOf = (label: string, recording = staging) => recording.get(label).options.dependsOn;

describe("the balancer", () => {
  it("is a public one for IPv4, in the public subnets and the balancer's own group", () => {
    expect(inputsOf("balancer")).toMatchObject({ loadBalancerType: "application", internal: false, ipAddressType: "ipv4" });
    expect(inputsOf("balancer").subnets).toHaveLength(2);
    expect(dependenciesOf("balancer")).toEqual(expect.arrayContaining(["firewall-balancer", "network-public-eu-central-1a", "network-public-eu-central-1b"]));
    expect(inputsOf("balancer").securityGroups).toEqual(["firewall-balancer-id"]);
  });

  it("comes when the internet leads to its subnets, and goes before that ends; in a network that is there nobody has to wait", async () => {
    const way = ["network-internet-gateway", "network-public-way-out", "network-public-eu-central-1a-routes", "network-public-eu-central-1b-routes"];
    expect(dependenciesOf("balancer")).toEqual(expect.arrayContaining(way));
    const subnets = ["a", "b", "c", "d"].map((letter) => `subnet-0123456789abcde0${letter}`);
    const adopted = await run({ network: { adopted: { vpcId: "vpc-0123456789abcdef0", balancerSubnetIds: subnets.slice(0, 2), hostSubnetIds: subnets.slice(2) } } });
    expect(dependenciesOf("balancer", adopted).filter((label) => label.startsWith("network-"))).toEqual([]);
  });

  it("passes no ambiguous request, appends the client's address and keeps the name that was asked for", () => {
    expect(inputsOf("balancer")).toMatchObject({ desyncMitigationMode: "defensive", dropInvalidHeaderFields: true, xffHeaderProcessingMode: "append", preserveHostHeader: true, enableHttp2: true, enableZonalShift: true });
  });

  it("waits as long as the settings say", async () => {
    expect(inputsOf("balancer").idleTimeout).toBe(60);
    const patient = await run({}, { balancer: { idleTimeoutSeconds: 70 } });
    expect(inputsOf("balancer", patient).idleTimeout).toBe(70);
    expect(staging.changesTo(patient)).not.toContain("balancer-hosts");
  });

  it("cannot be deleted in prod, by AWS and by the engine, and can in staging", () => {
    for (const [recording, kept] of [[prod, true], [staging, false]] as const) {
      expect(inputsOf("balancer", recording).enableDeletionProtection).toBe(kept);
      expect(recording.get("balancer").options.protect).toBe(kept);
    }
  });

  it("tells the stack the address of its first name", () => {
    expect(staging.outputsOf("Stack").url).toBe("https://staging.example.com");
    expect(prod.outputsOf("Stack").url).toBe("https://www.example.com");
  });
});

describe("the group of hosts", () => {
  it("speaks TLS with Nginx on the machines, which are named by their ids", () => {
    expect(inputsOf("balancer-hosts")).toMatchObject({ targetType: "instance", port: 8443, protocol: "HTTPS", protocolVersion: "HTTP1" });
  });

  it("says every field of its health check, since one left out would keep its former value", () => {
    const check = { enabled: true, protocol: "HTTPS", port: "traffic-port", path: "/.portico/health", matcher: "200", interval: 5, timeout: 4, healthyThreshold: 2, unhealthyThreshold: 3 };
    expect(inputsOf("balancer-hosts").healthCheck).toEqual(check);
  });

  it("asks hosts of a release with another health path as those before: they are served side by side", async () => {
    const other = await run({}, { app: { ...(readStackFile("staging")["portico:app"] as object), livePath: "/alive" } });
    const changed = staging.changesTo(other);
    expect(changed).toEqual(expect.arrayContaining(["HostFiles web-files", "web-1-stage"]));
    expect(changed.filter((label) => label.startsWith("balancer"))).toEqual([]);
  });

  it("lets a host that leaves finish its requests for as long as hosts drain everywhere", async () => {
    expect(inputsOf("balancer-hosts").deregistrationDelay).toBe(45);
    expect(inputsOf("balancer-hosts", await run({}, { balancer: { drainSeconds: 77 } })).deregistrationDelay).toBe(77);
  });

  it("asks the least busy host, or all in turn with a slow start, which AWS has for that alone", async () => {
    expect(inputsOf("balancer-hosts")).toMatchObject({ slowStart: 0, loadBalancingAlgorithmType: "least_outstanding_requests" });
    expect(inputsOf("balancer-hosts", await run({ balancer: { slowStartSeconds: 60 } }))).toMatchObject({ slowStart: 60, loadBalancingAlgorithmType: "round_robin" });
  });
});

describe("a request", () => {
  it("over HTTPS for a name of the site goes to the hosts, for any other to nobody", () => {
    expect(inputsOf("balancer-https", prod)).toMatchObject({ port: 443, protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" });
    expect(inputsOf("balancer-https", prod).defaultActions).toEqual([{ type: "fixed-response", fixedResponse: { statusCode: "404", contentType: "text/plain", messageBody: "Not found\n" } }]);
    const rules = prod.ofType(":ListenerRule");
    expect(rules.map(({ inputs }) => inputs.conditions)).toEqual([[{ hostHeader: { values: ["www.example.com"] } }], [{ hostHeader: { values: ["example.com"] } }]]);
    for (const { inputs, options } of rules) {
      expect(inputs.actions).toEqual([{ type: "forward", targetGroupArn: expect.stringContaining("balancer-hosts") }]);
      expect(options.dependsOn).toContain("balancer-https");
      expect(inputs).not.toHaveProperty("priority");
    }
  });

  it("over HTTP is sent to HTTPS for good, and there are no other listeners", () => {
    expect(inputsOf("balancer-http")).toMatchObject({ port: 80, protocol: "HTTP" });
    expect(inputsOf("balancer-http").defaultActions).toEqual([{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }]);
    expect(staging.ofType(":Listener").map(({ label }) => label).sort()).toEqual(["balancer-http", "balancer-https"]);
  });

  it("finds the balancer by each name of the site, and by no wildcard", async () => {
    const wild = await program.run({ file: awsFile("prod", { certificate: { wildcard: true, alternativeNames: ["shop.example.com"] } }), stack: "prod" });
    const records = wild.ofType(":Record").filter(({ inputs }) => inputs.type === "A");
    expect(records.map(({ inputs }) => inputs.name)).toEqual(["www.example.com", "example.com"]);
    for (const { inputs } of records) expect(inputs).toMatchObject({ zoneId: "Z0123456789ABCDEFGHIJ", aliases: [{ name: "balancer.elb.amazonaws.com", zoneId: "ZBALANCER", evaluateTargetHealth: false }] });
  });
});

describe("values that AWS enumerates", () => {
  /** From AWS's own reference of the API; the SDK's comments have them in another spelling. */
  const known: Record<string, readonly string[]> = {
    desyncMitigationMode: ["monitor", "defensive", "strictest"],
    xffHeaderProcessingMode: ["append", "preserve", "remove"],
    loadBalancerType: ["application"],
    ipAddressType: ["ipv4"],
    targetType: ["instance"],
    protocolVersion: ["HTTP1"],
    loadBalancingAlgorithmType: ["round_robin", "least_outstanding_requests", "weighted_random"],
    sslPolicy: ["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06"],
    type: ["forward", "redirect", "fixed-response"],
    statusCode: ["HTTP_301", "404"],
    validationMethod: ["DNS"],
    keyAlgorithm: ["EC_prime256v1"],
    objectOwnership: ["BucketOwnerEnforced"],
    sseAlgorithm: ["AES256"],
    status: ["Enabled"],
    scope: ["REGIONAL"],
    aggregateKeyType: ["IP"],
  };

  it("are spelled as AWS spells them", () => {
    const mine = prod.resources.filter(({ type }) => /^aws:(lb|acm|s3|wafv2)/.test(type));
    const found = mine.flatMap(({ inputs }) => fieldsOf(inputs)).filter(([key]) => key in known);
    expect(new Set(found.map(([key]) => key))).toEqual(new Set(Object.keys(known)));
    expect(found.filter(([key, value]) => !known[key]!.includes(value))).toEqual([]);
  });
});

describe("the logs", () => {
  it("of requests and of connections go to one bucket, each to a folder of its own, when the bucket takes them", () => {
    expect(inputsOf("balancer").accessLogs).toEqual({ bucket: "balancer-logs-id", prefix: "access", enabled: true });
    expect(inputsOf("balancer").connectionLogs).toEqual({ bucket: "balancer-logs-id", prefix: "connections", enabled: true });
    expect(dependenciesOf("balancer")).toContain("balancer-logs-policy");
  });

  it("may be written by the balancers of this account alone, below its own folders, and by nobody without TLS", () => {
    const { Statement } = JSON.parse(inputsOf("balancer-logs-policy").policy as string) as { Statement: Record<string, unknown>[] };
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
    expect(Statement.filter(({ Effect }) => Effect === "Deny")).toMatchObject([{ Principal: "*", Action: "s3:*", Resource: [bucket, `${bucket}/*`], Condition: { Bool: { "aws:SecureTransport": "false" } } }]);
  });

  it("are private, encrypted by S3 itself, and kept for the days of the settings", () => {
    expect(inputsOf("balancer-logs-private")).toMatchObject({ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true });
    expect(inputsOf("balancer-logs-ownership").rule).toEqual({ objectOwnership: "BucketOwnerEnforced" });
    expect(inputsOf("balancer-logs-encryption").rules).toEqual([{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }]);
    expect(inputsOf("balancer-logs-life").rules).toEqual([{ id: "expire", status: "Enabled", filter: { prefix: "" }, expiration: { days: 7 }, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }]);
  });

  it("go with staging, however many there are, and stay with prod", () => {
    for (const [recording, kept] of [[prod, true], [staging, false]] as const) {
      expect(inputsOf("balancer-logs", recording).forceDestroy).toBe(!kept);
      expect(recording.get("balancer-logs").options.protect).toBe(kept);
    }
  });

  it("are not there when the settings want none, and are turned off in so many words where they were", async () => {
    const silent = await run({ balancer: { logs: false } });
    expect(silent.labels.filter((label) => label.includes("logs") && label.includes("balancer"))).toEqual([]);
    const off = { bucket: "", enabled: false };
    expect(inputsOf("balancer", silent)).toMatchObject({ accessLogs: off, connectionLogs: off });
  });
});

describe("the web application firewall", () => {
  const rulesOf = (recording: Recording) => recording.get("balancer-firewall").inputs.rules as { name: string; priority: number; statement: Record<string, Record<string, unknown>>; action?: unknown; overrideAction?: unknown }[];

  it("stands before the balancer of prod, and not before that of staging", () => {
    expect(inputsOf("balancer-firewall-association", prod)).toMatchObject({ resourceArn: expect.stringMatching(/:balancer$/), webAclArn: expect.stringMatching(/:balancer-firewall$/) });
    expect(staging.labels.filter((label) => label.includes("balancer-firewall"))).toEqual([]);
  });

  it("lets pass what no rule blocks: a limit for each address, then AWS's own groups", () => {
    expect(inputsOf("balancer-firewall", prod)).toMatchObject({ scope: "REGIONAL", defaultAction: { allow: {} } });
    const [rate, ...groups] = rulesOf(prod);
    expect(rate).toMatchObject({ statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP", evaluationWindowSec: 300 } }, action: { block: { customResponse: { responseCode: 429 } } } });
    const names = ["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"];
    expect(groups.map(({ statement }) => statement.managedRuleGroupStatement)).toMatchObject(names.map((name) => ({ vendorName: "AWS", name })));
    expect(groups.map(({ overrideAction }) => overrideAction)).toEqual([{ none: {} }, { none: {} }, { none: {} }]);
    expect(rulesOf(prod).map(({ priority }) => priority)).toEqual([0, 1, 2, 3]);
  });

  it("counts under the stack's name and those of its rules, never under a name that AWS keeps for itself", async () => {
    const metricOf = (inputs: Record<string, unknown>) => (inputs.visibilityConfig as { metricName: string }).metricName;
    expect(metricOf(inputsOf("balancer-firewall", prod))).toBe("portico-prod");
    const dotted = await program.run({ file: readStackFile("prod"), stack: "prod.eu" });
    const names = [dotted.get("balancer-firewall").inputs, ...rulesOf(dotted)].map((part) => metricOf(part as Record<string, unknown>));
    expect(names).toEqual(["portico-prod-eu", "rate", "reputation", "bad-inputs", "core"]);
  });

  it("leaves the size of bodies to Nginx, whose limit is a setting", () => {
    const overrides = rulesOf(prod).map(({ statement }) => statement.managedRuleGroupStatement?.ruleActionOverrides).filter(Boolean);
    expect(overrides).toEqual([[{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }]]);
  });

  it("takes its limit from the settings", async () => {
    const strict = await run({ balancer: { webFirewall: { enabled: true, requestsPerFiveMinutes: 150 } } });
    expect(rulesOf(strict)[0]!.statement.rateBasedStatement!.limit).toBe(150);
  });
});

describe("a machine", () => {
  const target = { region: "eu-central-1", targetGroupArn: expect.stringContaining("balancer-hosts"), targetId: "web-1-instance-id" };

  it("is registered when its release answers, by its id and the port of Nginx, in the account of the target", () => {
    expect(inputsOf("web-1-attachment")).toEqual({ targetGroupArn: target.targetGroupArn, targetId: "web-1-instance-id", port: 8443 });
    expect(dependenciesOf("web-1-attachment")).toContain("web-1-activate");
    expect(staging.get("web-1-attachment").options.provider).toBe("aws-provider");
  });

  it("is waited for until it is in service, on the whole way of a request, and again after each switch", async () => {
    const { inputs } = staging.get("web-1-in-service");
    expect(inputs).toMatchObject({ create: "bin/target-health wait", triggers: ["web-1-instance-id"], logging: "stderr" });
    expect(inputs).not.toHaveProperty("update");
    expect(inputs).not.toHaveProperty("delete");
    expect(dependenciesOf("web-1-in-service")).toEqual(expect.arrayContaining(["web-1-attachment", "web-1-activate", "balancer-https", "balancer-name-staging.example.com"]));
    const activated = createHash("sha256").update(JSON.stringify([stdoutOf("web-1-activate")])).digest("hex").slice(0, 16);
    expect(JSON.parse(staging.stdinOf("web-1-in-service"))).toEqual({ ...target, name: "web-1", port: 8443, seconds: 120, steadySeconds: 15, activated });
    expect(isSecret(inputs.stdin)).toBe(true);
    const switched = await run({}, {}, { prints: { "web-1-activate": '{"printed":"another line"}' } });
    expect(staging.changesTo(switched)).toEqual(["web-1-confirm", "web-1-in-service"]);
  });

  it("switches when the balancer can judge it: no lease runs while a certificate is still awaited", async () => {
    const migrating = await run({}, { app: { ...(readStackFile("staging")["portico:app"] as object), migration: { command: ["flask", "db", "upgrade"] } } });
    for (const label of ["web-1-activate", "web-2-activate", "web-1-migrate"]) {
      expect(dependenciesOf(label, migrating)).toEqual(expect.arrayContaining(["balancer-https", "balancer-name-staging.example.com"]));
      expect(migrating.waitsFor(label)).toContain("certificate-issued");
    }
    expect(migrating.waitsFor("web-1-stage")).not.toContain("balancer-https");
  });

  it("is in service before the next batch switches", () => {
    expect(dependenciesOf("web-2-activate")).toContain("web-1-in-service");
    expect([...staging.waitsFor("web-1-attachment")]).not.toContain("web-2-activate");
  });

  it("leaves in order: its place first, then its last requests are waited for, then it goes itself", () => {
    const { inputs, options } = staging.get("web-1-drain");
    expect(inputs).toMatchObject({ delete: "bin/target-health drain", triggers: ["web-1-instance-id"] });
    expect(inputs).not.toHaveProperty("create");
    expect(JSON.parse(staging.stdinOf("web-1-drain"))).toEqual({ ...target, seconds: 105 });
    expect(dependenciesOf("web-1-attachment")).toContain("web-1-drain");
    expect(options.dependsOn).toEqual(expect.arrayContaining(["web-1-instance", "balancer-hosts"]));
    expect(options.deletedWith).toBeUndefined();
    expect(staging.get("web-1-attachment").options.deletedWith).toBeUndefined();
    expect(options.customTimeouts.delete).toBe("165s");
  });

  it("is waited for longer by those that switched before: the lease counts the balancer's verdict", () => {
    const { leaseSeconds } = JSON.parse(staging.stdinOf("web-1-activate")) as { leaseSeconds: number };
    expect(leaseSeconds).toBe(2 * (40 + 15 + 45 + 120 + 30) + 60);
  });
});

it("names of balancer and group leave room for what AWS's limit of 32 characters needs", () => {
  const names = [...staging.ofType(":LoadBalancer"), ...staging.ofType(":TargetGroup")].filter(({ custom }) => custom).map(({ name }) => name);
  expect(names.sort()).toEqual(["balancer", "balancer-hosts"]);
});

/** All texts with the field that they stand in. */
function fieldsOf(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => (typeof inner === "string" ? [[key, inner]] : fieldsOf(inner)));
}
