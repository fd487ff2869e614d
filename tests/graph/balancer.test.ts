import { awsFile } from "../support/awsFile";
import { BalancerStacks } from "../support/balancerStacks";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let stacks: BalancerStacks;

beforeAll(async () => {
  stacks = await new BalancerStacks(makeFolder()).record();
});

describe("the balancer", () => {
  it("is a public one for IPv4, in the public subnets and the balancer's own group", () => {
    expect(stacks.inputsOf("balancer")).toMatchObject({
      loadBalancerType: "application",
      internal: false,
      ipAddressType: "ipv4",
    });
    expect(stacks.inputsOf("balancer").subnets).toHaveLength(2);
    expect(stacks.dependenciesOf("balancer")).toEqual(
      expect.arrayContaining(["firewall-balancer", "network-public-eu-central-1a", "network-public-eu-central-1b"]),
    );
    expect(stacks.inputsOf("balancer").securityGroups).toEqual(["firewall-balancer-id"]);
  });

  it("comes when the internet leads to its subnets, and goes before that ends; in a network that is there nobody has to wait", async () => {
    const way = [
      "network-internet-gateway",
      "network-public-way-out",
      "network-public-eu-central-1a-routes",
      "network-public-eu-central-1b-routes",
    ];
    expect(stacks.dependenciesOf("balancer")).toEqual(expect.arrayContaining(way));
    const subnets = ["a", "b", "c", "d"].map((letter) => `subnet-0123456789abcde0${letter}`);
    const adopted = await stacks.run({
      network: {
        adopted: {
          vpcId: "vpc-0123456789abcdef0",
          balancerSubnetIds: subnets.slice(0, 2),
          hostSubnetIds: subnets.slice(2),
        },
      },
    });
    expect(stacks.dependenciesOf("balancer", adopted).filter((label) => label.startsWith("network-"))).toEqual([]);
  });

  it("passes no ambiguous request, appends the client's address and keeps the name that was asked for", () => {
    expect(stacks.inputsOf("balancer")).toMatchObject({
      desyncMitigationMode: "defensive",
      dropInvalidHeaderFields: true,
      xffHeaderProcessingMode: "append",
      preserveHostHeader: true,
      enableHttp2: true,
      enableZonalShift: true,
    });
  });

  it("waits as long as the settings say", async () => {
    expect(stacks.inputsOf("balancer").idleTimeout).toBe(60);
    const patient = await stacks.run({}, { balancer: { idleTimeoutSeconds: 70 } });
    expect(stacks.inputsOf("balancer", patient).idleTimeout).toBe(70);
    expect(stacks.staging.changesTo(patient)).not.toContain("balancer-hosts");
  });

  it("cannot be deleted in prod, by AWS and by the engine, and can in staging", () => {
    for (const [recording, kept] of [
      [stacks.prod, true],
      [stacks.staging, false],
    ] as const) {
      expect(stacks.inputsOf("balancer", recording).enableDeletionProtection).toBe(kept);
      expect(recording.get("balancer").options.protect).toBe(kept);
    }
  });

  it("tells the stack the address of its first name", () => {
    expect(stacks.staging.outputsOf("Stack").url).toBe("https://staging.example.com");
    expect(stacks.prod.outputsOf("Stack").url).toBe("https://www.example.com");
  });
});

describe("the group of hosts", () => {
  it("speaks TLS with Nginx on the machines, which are named by their ids", () => {
    expect(stacks.inputsOf("balancer-hosts")).toMatchObject({
      targetType: "instance",
      port: 8443,
      protocol: "HTTPS",
      protocolVersion: "HTTP1",
    });
  });

  it("says every field of its health check, since one left out would keep its previous value", () => {
    const check = {
      enabled: true,
      protocol: "HTTPS",
      port: "traffic-port",
      path: "/.portico/health",
      matcher: "200",
      interval: 5,
      timeout: 4,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
    };
    expect(stacks.inputsOf("balancer-hosts").healthCheck).toEqual(check);
  });

  it("asks hosts of a release with another health path as those before: they are served side by side", async () => {
    const other = await stacks.run(
      {},
      { app: { ...(readStackFile("staging")["portico:app"] as object), livePath: "/alive" } },
    );
    const changed = stacks.staging.changesTo(other);
    expect(changed).toEqual(expect.arrayContaining(["HostFiles web-files", "web-1-stage"]));
    expect(changed.filter((label) => label.startsWith("balancer"))).toEqual([]);
  });

  it("lets a host that leaves finish its requests for as long as hosts drain everywhere", async () => {
    expect(stacks.inputsOf("balancer-hosts").deregistrationDelay).toBe(45);
    expect(
      stacks.inputsOf("balancer-hosts", await stacks.run({}, { balancer: { drainSeconds: 77 } })).deregistrationDelay,
    ).toBe(77);
  });

  it("asks the least busy host, or all in turn with a slow start, which AWS has for that alone", async () => {
    expect(stacks.inputsOf("balancer-hosts")).toMatchObject({
      slowStart: 0,
      loadBalancingAlgorithmType: "least_outstanding_requests",
    });
    expect(stacks.inputsOf("balancer-hosts", await stacks.run({ balancer: { slowStartSeconds: 60 } }))).toMatchObject({
      slowStart: 60,
      loadBalancingAlgorithmType: "round_robin",
    });
  });
});

describe("a request", () => {
  it("over HTTPS for a name of the site goes to the hosts, for any other to nobody", () => {
    expect(stacks.inputsOf("balancer-https", stacks.prod)).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    });
    expect(stacks.inputsOf("balancer-https", stacks.prod).defaultActions).toEqual([
      {
        type: "fixed-response",
        fixedResponse: { statusCode: "404", contentType: "text/plain", messageBody: "Not found\n" },
      },
    ]);
    const rules = stacks.prod.ofType(":ListenerRule");
    expect(rules.map(({ inputs }) => inputs.conditions)).toEqual([
      [{ hostHeader: { values: ["www.example.com"] } }],
      [{ hostHeader: { values: ["example.com"] } }],
    ]);
    for (const { inputs, options } of rules) {
      expect(inputs.actions).toEqual([{ type: "forward", targetGroupArn: expect.stringContaining("balancer-hosts") }]);
      expect(options.dependsOn).toContain("balancer-https");
      expect(inputs).not.toHaveProperty("priority");
    }
  });

  it("over HTTP is sent to HTTPS for good, and there are no other listeners", () => {
    expect(stacks.inputsOf("balancer-http")).toMatchObject({ port: 80, protocol: "HTTP" });
    expect(stacks.inputsOf("balancer-http").defaultActions).toEqual([
      { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
    ]);
    expect(
      stacks.staging
        .ofType(":Listener")
        .map(({ label }) => label)
        .sort(),
    ).toEqual(["balancer-http", "balancer-https"]);
  });

  it("finds the balancer by each name of the site, and by no wildcard", async () => {
    const wild = await stacks.program.run({
      file: awsFile("prod", { certificate: { wildcard: true, alternativeNames: ["shop.example.com"] } }),
      stack: "prod",
    });
    const records = wild.ofType(":Record").filter(({ inputs }) => inputs.type === "A");
    expect(records.map(({ inputs }) => inputs.name)).toEqual(["www.example.com", "example.com"]);
    for (const { inputs } of records)
      expect(inputs).toMatchObject({
        zoneId: "Z0123456789ABCDEFGHIJ",
        aliases: [{ name: "balancer.elb.amazonaws.com", zoneId: "ZBALANCER", evaluateTargetHealth: false }],
      });
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
    sslPolicy: [
      "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
      "ELBSecurityPolicy-TLS13-1-2-2021-06",
      "ELBSecurityPolicy-TLS13-1-3-2021-06",
    ],
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
    const mine = stacks.prod.resources.filter(({ type }) => /^aws:(lb|acm|s3|wafv2)/.test(type));
    const found = mine.flatMap(({ inputs }) => fieldsOf(inputs)).filter(([key]) => key in known);
    expect(new Set(found.map(([key]) => key))).toEqual(new Set(Object.keys(known)));
    expect(found.filter(([key, value]) => !known[key]!.includes(value))).toEqual([]);
  });
});

it("names of balancer and group leave room for what AWS's limit of 32 characters needs", () => {
  const names = [...stacks.staging.ofType(":LoadBalancer"), ...stacks.staging.ofType(":TargetGroup")]
    .filter(({ custom }) => custom)
    .map(({ name }) => name);
  expect(names.sort()).toEqual(["balancer", "balancer-hosts"]);
});

/** All texts with the field that they stand in. */
function fieldsOf(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] =>
    typeof inner === "string" ? [[key, inner]] : fieldsOf(inner),
  );
}
