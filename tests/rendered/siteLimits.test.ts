import { platformIds } from "../../lib/platforms";
import { baselineSettings } from "../support/baseline";
import type { HttpAnswer } from "../support/httpAnswer";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

jest.setTimeout(60_000);

const site = "https://portico.internal";
const fromClient = (address: string) => ["--header", `X-Forwarded-For: ${address}`];
const limits = { general: { requestsPerSecond: 1, burst: 3 }, login: { requestsPerMinute: 5, burst: 1, paths: ["/login"] }, exempt: ["192.0.2.0/24"] };

function statuses(answers: readonly HttpAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "rate limits", (base) => {
    let running: TestSite;
    /** Asks eight times at once, as the balancer does for one client. */
    const askEight = (url: string, ...words: string[]) => Promise.all(Array.from({ length: 8 }, () => running.askWeb(url, running.balancer, ...words)));

    afterEach(() => running?.stop());

    test("one client gets its burst and then 429; others, exempt ones, static files and health checks are not touched", async () => {
      running = await TestSite.start(base(), id, baselineSettings({ nginx: { rateLimits: limits } }));
      const answers = await askEight(`${site}/echo`, ...fromClient("198.51.100.1"));
      expect(statuses(answers)).toEqual({ 200: 4, 429: 4 });

      const refused = answers.find(({ status }) => status === 429)!;
      expect(refused.body).toContain("Too many requests");
      expect(refused.headers).toMatchObject({ "retry-after": ["12"], "cache-control": ["no-store"], "content-security-policy": [expect.any(String)], "strict-transport-security": [expect.any(String)], "x-content-type-options": ["nosniff"] });
      expect(answers.find(({ status }) => status === 200)!.headers).not.toHaveProperty("retry-after");

      expect((await running.askWeb(`${site}/echo`, running.balancer, ...fromClient("198.51.100.2"))).status).toBe(200);
      expect(statuses(await askEight(`${site}/echo`, ...fromClient("192.0.2.9")))).toEqual({ 200: 8 });
      expect(statuses(await askEight(`${site}/static/nothing.css`, ...fromClient("198.51.100.1")))).toEqual({ 404: 8 });
      expect(statuses(await askEight("https://unknown.internal/.portico/health", ...fromClient("198.51.100.1")))).toEqual({ 200: 8 });

      const { stdout } = await running.web.run(["cat", "/var/log/portico/access.log"]);
      expect(stdout.match(/"status":429.*"limit":"REJECTED"/g)).toHaveLength(4);
    });

    test("attempts to log in have a limit of their own, looking at the form has none of it", async () => {
      running = await TestSite.start(base(), id, baselineSettings({ nginx: { rateLimits: { ...limits, general: { requestsPerSecond: 1000, burst: 1000 } } } }));
      expect(statuses(await askEight(`${site}/login`, ...fromClient("198.51.100.1")))).toEqual({ 200: 8 });
      expect(statuses(await askEight(`${site}/login`, "--data", "name=x", ...fromClient("198.51.100.1")))).toEqual({ 200: 2, 429: 6 });
      expect(statuses(await askEight(`${site}/login/?next=%2F`, "--data", "name=x", ...fromClient("198.51.100.1")))).toEqual({ 429: 8 });
      expect(statuses(await askEight(`${site}/%6cogin`, "--data", "name=x", ...fromClient("198.51.100.1")))).toEqual({ 429: 8 });
      expect(statuses(await askEight(`${site}/upload`, "--data", "name=x", ...fromClient("198.51.100.1")))).toEqual({ 200: 8 });
    });

    test("a dry run refuses nothing and logs what it would have refused", async () => {
      running = await TestSite.start(base(), id, baselineSettings({ nginx: { rateLimits: { ...limits, dryRun: true } } }));
      expect(statuses(await askEight(`${site}/echo`, ...fromClient("198.51.100.1")))).toEqual({ 200: 8 });
      const { stdout } = await running.web.run(["cat", "/var/log/portico/access.log"]);
      expect(stdout).toContain('"limit":"REJECTED_DRY_RUN"');
    });
  });
});
