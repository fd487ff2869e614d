import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import type { HttpAnswer } from "../support/httpAnswer";
import { describeNginxOf } from "../support/systems";
import { balancerAddress, TestSite } from "../support/testSite";

const site = "https://portico.internal";
const greedy = "10.31.64.101";
const modest = "10.31.64.102";
const exempt = "10.31.64.200";
const limits = {
  general: { requestsPerSecond: 1, burst: 3 },
  login: { requestsPerMinute: 5, burst: 1, paths: ["/login"] },
  exempt: [`${exempt}/32`],
};
const eight = Array.from({ length: 8 });
/** The same request eight times. */
const eightOf = (url: string, ...words: string[]) => eight.map(() => [...words, url]);

function statuses(answers: readonly HttpAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "rate limits", (base) => {
    let running: TestSite;
    const start = async (
      ...words: [settings: Parameters<typeof baselineSettings>[0], difference?: Parameters<typeof TestSite.start>[4]]
    ) => {
      running = await TestSite.start(base(), id, baselineSettings(words[0]), [], words[1]);
      await running.addClients(greedy, modest, exempt);
    };
    const from = (client: string, ...words: string[]) => ["--interface", client, ...words];
    /** Asks eight times at once, the balancer or the host: together within the second in which one more would be let through. */
    const askEight = (url: string, words: string[]) => running.askTogether(eightOf(url, ...words));
    const askHostEight = (url: string, words: string[], place = running.balancer) =>
      running.askWebTogether(eightOf(url, ...words), place);
    const logOf = async (host: TestSite["web"]) => (await host.run(["cat", "/var/log/portico/access.log"])).stdout;

    afterEach(() => running?.stop());

    test("one client gets its burst and then 429; others, exempt ones, static files and health checks are not touched", async () => {
      await start({ nginx: { rateLimits: limits } });
      const answers = await askEight(`${site}/echo`, from(greedy));
      expect(statuses(answers)).toEqual({ 200: 4, 429: 4 });

      const refused = answers.find(({ status }) => status === 429)!;
      expect(refused.body).toContain("Too many requests");
      expect(refused.headers).toMatchObject({
        "retry-after": ["1"],
        "cache-control": ["no-store"],
        "content-security-policy": [expect.any(String)],
        "strict-transport-security": [expect.any(String)],
        "x-content-type-options": ["nosniff"],
      });
      expect(answers.find(({ status }) => status === 200)!.headers).not.toHaveProperty("retry-after");

      expect((await running.ask(`${site}/echo`, ...from(modest))).status).toBe(200);
      expect(statuses(await askEight(`${site}/echo`, from(exempt)))).toEqual({ 200: 8 });
      expect(statuses(await askEight(`${site}/static/nothing.css`, from(greedy)))).toEqual({ 404: 8 });
      expect(statuses(await askHostEight("https://unknown.internal/.portico/health", []))).toEqual({ 200: 8 });
      expect((await logOf(running.balancer)).match(/"status":429.*"limit":"REJECTED"/g)).toHaveLength(4);
      expect(await logOf(running.web)).not.toContain('"status":429');
    });

    test("a host does not count again what its balancer let through, and limits whoever comes past the balancer", async () => {
      await start({ nginx: { rateLimits: limits } });
      expect(statuses(await askHostEight(`${site}/echo`, ["--header", "X-Forwarded-For: 198.51.100.1"]))).toEqual({
        200: 8,
      });
      expect(
        statuses(await askHostEight(`${site}/echo`, ["--header", "X-Forwarded-For: 198.51.100.1"], running.web)),
      ).toEqual({ 200: 4, 429: 4 });
    });

    test("behind the balancer of a cloud each host gives its share", async () => {
      await start(
        { nginx: { rateLimits: { ...limits, general: { requestsPerSecond: 1, burst: 6 } } } },
        { cloudBalancer: { hosts: 2 } },
      );
      const client = (address: string) => ["--header", `X-Forwarded-For: 6.6.6.6, ${address}`];
      expect(statuses(await askHostEight(`${site}/echo`, client("198.51.100.1")))).toEqual({ 200: 4, 429: 4 });
      expect(statuses(await askHostEight(`${site}/static/nothing.css`, client("198.51.100.1")))).toEqual({ 404: 8 });
      expect((await running.askWeb(`${site}/echo`, running.balancer, ...client("198.51.100.2"))).status).toBe(200);
    });

    test("behind the balancer of a cloud, which passes on what a client says, the id of a request is the host's", async () => {
      await start({}, { cloudBalancer: { hosts: 2 } });
      const claimed = "a".repeat(32);
      const answer = await running.askWeb(
        `${site}/echo`,
        running.balancer,
        "--header",
        `X-Request-ID: ${claimed}`,
        "--header",
        "X-Forwarded-For: 198.51.100.1",
      );
      const told = JSON.parse(answer.body)["x-request-id"];
      expect(told).toMatch(/^[0-9a-f]{32}$/);
      expect(told).not.toBe(claimed);
      expect(answer.headers["x-request-id"]).toEqual([told]);
    });

    test("attempts to log in have a limit of their own, looking at the form has none of it", async () => {
      await start({ nginx: { rateLimits: { ...limits, general: { requestsPerSecond: 1000, burst: 1000 } } } });
      const post = from(greedy, "--data", "name=x");
      expect(statuses(await askEight(`${site}/login`, from(greedy)))).toEqual({ 200: 8 });
      const attempts = await askEight(`${site}/login`, post);
      expect(statuses(attempts)).toEqual({ 200: 2, 429: 6 });
      expect(attempts.find(({ status }) => status === 429)!.headers["retry-after"]).toEqual(["12"]);
      expect(statuses(await askEight(`${site}/login/?next=%2F`, post))).toEqual({ 429: 8 });
      expect(statuses(await askEight(`${site}/%6cogin`, post))).toEqual({ 429: 8 });
      expect(statuses(await askEight(`${site}/upload`, post))).toEqual({ 200: 8 });
    });

    test("a dry run refuses nothing and logs what it would have refused", async () => {
      await start({
        nginx: {
          streamsPerHost: 8,
          rateLimits: { ...limits, connectionsPerClient: 1, requestsPerClient: 1, streamsPerClient: 1, dryRun: true },
        },
      });
      expect(statuses(await askEight(`${site}/events`, from(greedy)))).toEqual({ 200: 8 });
      const log = await logOf(running.balancer);
      expect(log).toContain('"limit":"REJECTED_DRY_RUN"');
      expect(log).toContain('"connection_limit":"REJECTED_DRY_RUN"');
    });

    test("a client is an IPv4 address, in either form, or a /64; proxies that are trusted are none", async () => {
      await start({
        site: { trustedProxies: [`${balancerAddress}/32`, "192.0.2.0/24"] },
        nginx: { rateLimits: limits },
      });
      const asked = (addresses: string) => ["--header", `X-Forwarded-For: ${addresses}`, `${site}/echo`];
      const group = async (...addresses: string[]) => statuses(await running.askTogether(addresses.map(asked)));
      expect(await group(...eight.map((_, index) => `198.51.100.${index}`))).toEqual({ 200: 8 });
      expect(await group(...eight.map((_, index) => `6.6.6.${index}, 198.51.100.50, 192.0.2.${index}`))).toEqual({
        200: 4,
        429: 4,
      });
      expect(await group(...eight.map((_, index) => `2001:db8:1:2:${index + 1}::1`))).toEqual({ 200: 4, 429: 4 });
      expect(
        await group("2001:db8::1", "2001:db8::2:3:4:5", "2001:db8:0:0:9:9:9:9", "2001:db8::a:0:0:1", "2001:db8::ffff"),
      ).toEqual({ 200: 4, 429: 1 });
      expect(await group(...eight.map((_, index) => `2001:db8:1:${index + 3}::1`))).toEqual({ 200: 8 });
      expect(
        await group("203.0.113.9", "::ffff:203.0.113.9", "203.0.113.9", "::ffff:cb00:7109", "203.0.113.9"),
      ).toEqual({ 200: 4, 429: 1 });
      expect(await group(...eight.map((_, index) => `::ffff:203.0.113.${index + 10}`))).toEqual({ 200: 8 });
      const [answer] = await running.askTogether([asked("6.6.6.6, 2001:db8:77::5, 192.0.2.1")]);
      const seen = JSON.parse(answer!.body);
      expect(seen["x-forwarded-for"]).toBe("2001:db8:77::5");
    });
  });
});
