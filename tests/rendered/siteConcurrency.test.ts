import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const site = "https://portico.internal";
const greedy = "10.31.64.101";
const modest = "10.31.64.102";
const rateLimits = { connectionsPerClient: 12, requestsPerClient: 8, streamsPerClient: 3 };

/** A client that asks for thirty answers of half a second at once, on one connection. */
const thirtyOnOneConnection = `
const session = require("node:http2").connect("https://10.31.64.10", { rejectUnauthorized: false, servername: "portico.internal" });
const counts = {};
const ask = () => new Promise((resolve) => {
  const request = session.request({ ":path": "/lumps", ":authority": "portico.internal" });
  request.on("response", (headers) => (counts[headers[":status"]] = (counts[headers[":status"]] ?? 0) + 1));
  request.on("error", resolve).on("close", resolve).resume();
});
session.once("remoteSettings", () => Promise.all(Array.from({ length: 30 }, ask)).then(() => console.log(JSON.stringify(counts)) ?? session.close()));
`;

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "requests under way", (base) => {
    let running: TestSite;
    const start = async (nginx: object, ...rest: [difference?: Parameters<typeof TestSite.start>[4]]) => {
      running = await TestSite.start(base(), id, baselineSettings({ nginx }), [], ...rest);
      await running.addClients(greedy, modest);
    };
    const ask = (client: string, path: string, ...words: string[]) =>
      running.ask(`${site}${path}`, "--interface", client, ...words);

    afterEach(() => running?.stop());

    test.each([
      ["slow uploads to the application", "/upload", 8],
      ["slow uploads to static files", "/static/app.css", 12],
    ])("of one client are limited: %s", async (_, path, most) => {
      await start({ rateLimits });
      const uploads = await running.hold(greedy, 20, "POST", path);
      expect(uploads).toMatchObject({ held: most, answers: { 429: 20 - most } });
      const refused = await ask(greedy, path);
      expect(refused).toMatchObject({
        status: 429,
        body: expect.stringContaining("Too many requests"),
        headers: { "retry-after": ["1"] },
      });
      expect((await ask(modest, "/echo")).status).toBe(200);
      expect((await ask(modest, "/upload", "--data", "x")).status).toBe(200);
      await uploads.end();
      expect((await ask(greedy, "/echo")).status).toBe(200);
      expect((await running.balancer.run(["cat", "/var/log/portico/access.log"])).stdout).toContain(
        '"connection_limit":"REJECTED"',
      );
    });

    test("of one client that are streams are limited more strictly, and leave it the rest", async () => {
      await start({ rateLimits });
      const streams = await running.hold(greedy, 10, "GET", "/events/open");
      expect(streams).toMatchObject({ held: 3, answers: { 429: 7 } });
      expect((await ask(greedy, "/echo")).status).toBe(200);
      expect((await ask(modest, "/events")).status).toBe(200);
      await streams.end();
    });

    test("that are streams find room for so many on a host; the next gets 503, and pages are served", async () => {
      await start({ streamsPerHost: 2 });
      const streams = await running.hold(greedy, 2, "GET", "/events/open");
      expect(streams).toMatchObject({ held: 2, answers: {} });
      const refused = await running.askWeb(`${site}/events`, running.balancer);
      expect(refused).toMatchObject({
        status: 503,
        body: expect.stringContaining("Temporarily unavailable"),
        headers: { "retry-after": ["2"], "cache-control": ["no-store"] },
      });
      expect((await running.askWeb(`${site}/echo`, running.balancer)).status).toBe(200);
      await streams.end();
    });

    test("on a host behind the balancer of a cloud are limited there", async () => {
      await start(
        { rateLimits: { ...rateLimits, streamsPerClient: 4 }, streamsPerHost: 50 },
        { cloudBalancer: { hosts: 2 } },
      );
      const client = (address: string) => ["--header", `X-Forwarded-For: ${address}`];
      // Those that are let in stay open until they are given up, when all have been asked for long since.
      const stream = [...client("198.51.100.1"), "--max-time", "5", `${site}/events/open`];
      const answers = await running.askWebTogether(Array(6).fill(stream), running.balancer);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429, 429, 429]);
    });

    test("of one HTTP/2 connection are as many as its client may have: the others wait in the client", async () => {
      await start({ rateLimits });
      const { stdout, stderr } = await running.balancer.runInNetwork(["node", "--eval", thirtyOnOneConnection]);
      expect({ stdout, stderr }).toMatchObject({ stdout: `${JSON.stringify({ 200: 30 })}\n` });
    });

    test("that never reached the application get 503 and a time; what broke later stays 502, what the application says stays", async () => {
      await start({});
      expect(await running.askWeb(`${site}/breaking`, running.balancer)).toMatchObject({
        status: 502,
        body: expect.stringContaining("Temporarily unavailable"),
      });
      expect((await running.askWeb(`${site}/busy`, running.balancer)).headers["retry-after"]).toEqual(["2"]);
      expect((await running.askWeb(`${site}/later`, running.balancer)).headers["retry-after"]).toEqual(["77"]);
      expect((await ask(modest, "/later", "--request", "POST")).headers["retry-after"]).toEqual(["77"]);
      await running.app.close();
      const refused = await running.askWeb(`${site}/echo`, running.balancer);
      expect(refused).toMatchObject({
        status: 503,
        body: expect.stringContaining("Temporarily unavailable"),
        headers: { "retry-after": ["2"] },
      });
      expect(await ask(modest, "/echo")).toMatchObject({
        status: 503,
        headers: { "retry-after": ["2"], "content-security-policy": [expect.any(String)] },
      });
      expect((await running.web.run(["cat", "/var/log/portico/access.log"])).stdout).toMatch(
        /"path":"\/echo".*"status":503.*"upstream_status":"502"/,
      );
    });
  });
});
