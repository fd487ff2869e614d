import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { contract } from "../../lib/base/contract";
import { webServerName } from "../../lib/hosts/wellKnown";
import { heldBy, holdCommand } from "../support/heldRequests";
import { run } from "../support/run";
import { lostIn, startLoad, type Report } from "../support/strictClient";
import { clients, removeWorkspace, TestStack } from "../support/testStack";

jest.setTimeout(10 * 60 * 1000);

/** Sixteen threads on each of two hosts; no rate, which would hide what is under way. */
const stack = new TestStack({
  gunicorn: { workers: 4, threads: 4 },
  nginx: { rateLimits: { general: { requestsPerSecond: 10_000, burst: 10_000 }, exempt: [`${clients.load}/32`] } },
});
const balancer = new URL(stack.url).hostname;
/** What a promise of a quick refusal may take. */
const refusedWithinMs = 2000;

beforeAll(async () => {
  await stack.create(`planted-${randomBytes(16).toString("hex")}`);
  const { code, output } = await stack.up();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  expect(output).toMatch(
    /app\.streamPaths with gunicorn\.workerClass gthread: .*4 x 4 threads of a host, so 8 fit on one/,
  );
  stack.addClients();
});
beforeEach(() => void process.stderr.write(`   … ${expect.getState().currentTestName}\n`));
afterAll(removeWorkspace);

/** The modest client for some seconds: pages and writes, one after the other. */
const modestly = (seconds: number) =>
  startLoad({ ...stack.target("modest"), connections: 2, pauseMs: 100, maxSeconds: seconds });
const hold = (count: number, method: string, path: string) =>
  heldBy(spawn(...asSpawned(holdCommand(`${balancer}:443`, clients.greedy, count, method, path))));
const asSpawned = ([program, ...words]: [string, ...string[]]): [string, string[]] => [program, words];

describe("one client", () => {
  it.each([
    ["slow uploads to the application", "/slow", 40],
    ["slow uploads to static files", "/static/app.css", 100],
  ])("that holds %s gets so many, and costs another client nothing", async (_, path, most) => {
    const quiet = await modestly(4).ended;
    const attack = await hold(600, "POST", path);
    const report = await modestly(8).ended;
    await attack.end();
    expect(attack).toMatchObject({ held: most, answers: { 429: 600 - most } });
    expect(lostIn(report)).toEqual([]);
    process.stderr.write(
      `   another client: ${quiet.medianMs} ms before, ${report.medianMs} ms meanwhile, ${report.attempts} requests\n`,
    );
  });

  it("that opens sixty streams gets ten, and pages are served", async () => {
    const attack = await hold(60, "GET", "/events?count=300");
    const report = await modestly(8).ended;
    await attack.end();
    expect(attack).toMatchObject({ held: 10, answers: { 200: 10, 429: 50 } });
    expect(lostIn(report)).toEqual([]);
  });
});

describe("a host above its capacity", () => {
  const certificate = path.join(stack.folder, "balancer.pem");
  beforeAll(() =>
    writeFileSync(certificate, stack.onHost("balancer", `cat ${contract.paths.clientCertificate}`), { mode: 0o600 }),
  );

  /** A load on the first host alone, as its balancer: nobody else is answered there. */
  async function asBalancer(page: string, load: Record<string, string>): Promise<Report> {
    const words = {
      url: `https://${balancer.replace(/\d+$/, "11")}:8443`,
      ca: path.join(stack.stateFolder, "ca.crt"),
      "client-certificate": certificate,
      servername: webServerName,
      host: "portico.internal",
      path: page,
      seconds: "20",
      ...load,
    };
    const enter = ["nsenter", "--target", String(stack.initProcess("balancer")), "--net", "--"];
    const client = [process.execPath, "-r", "@swc-node/register", path.resolve("tests/support/strictClient.cli.ts")];
    const { stdout, output } = await run([
      ...enter,
      ...client,
      ...Object.entries(words).flatMap(([name, value]) => [`--${name}`, value]),
    ]);
    if (stdout === "") throw new Error(output);
    return JSON.parse(stdout) as Report;
  }

  /** Milliseconds of the slowest answer with a status, by the log of the host. */
  const slowestOnHost = (status: string) => {
    const lines = stack
      .onHost("web-1", `grep '"path":"/slow"' /var/log/portico/access.log | grep '"status":${status}'`)
      .trim()
      .split("\n");
    return Math.max(...lines.map((line) => (JSON.parse(line) as { seconds: number }).seconds * 1000));
  };

  it("refuses quickly what it cannot do, does what it can, and serves static files and health checks", async () => {
    const beside = { connections: "1", methods: "GET", "pause-ms": "200" };
    const [report, ...others] = await Promise.all([
      asBalancer("/slow?seconds=0.5", { connections: "80" }),
      asBalancer("/static/app.css", beside),
      asBalancer("/healthz", beside),
    ]);
    process.stderr.write(
      `   ${report.succeeded} served, ${report.failures.total} refused, slowest ${report.slowestMs} ms\n`,
    );
    expect({ ...report.failures, statuses: Object.keys(report.failures.statuses) }).toMatchObject({
      statuses: ["503"],
      answerTimeout: 0,
      brokenBeforeAnswer: 0,
      brokenWithinAnswer: 0,
    });
    // As the host saw it: this computer plays client and both hosts.
    expect(slowestOnHost("503")).toBeLessThan(refusedWithinMs);
    expect(slowestOnHost("200")).toBeLessThan(refusedWithinMs + 500);
    expect(report.succeeded).toBeGreaterThan(200);
    for (const other of others) expect(lostIn(other)).toEqual([]);
  });
});
