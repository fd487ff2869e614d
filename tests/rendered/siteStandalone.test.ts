import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const site = "https://portico.internal";
const client = "10.31.64.99";
const limits = { general: { requestsPerSecond: 1, burst: 2 } };

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "a host that is both", (base) => {
    let running: TestSite;
    const ask = (path: string, ...words: string[]) => running.ask(`${site}${path}`, "--interface", client, ...words);
    const echoed = async (...words: string[]) => JSON.parse((await ask("/echo", ...words)).body);

    beforeAll(async () => {
      running = await TestSite.startCombinedHost(
        base(),
        id,
        baselineSettings({ nginx: { rateLimits: limits } }),
        client,
      );
    });
    afterAll(() => running?.stop());

    test("tells the application the client's address and scheme, whatever the client claims", async () => {
      const claims = ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: http", `X-Request-ID: ${"a".repeat(32)}`].flatMap(
        (claim) => ["--header", claim],
      );
      const headers = await echoed(...claims);
      expect(headers).toMatchObject({
        host: "portico.internal",
        "x-forwarded-for": client,
        "x-forwarded-proto": "https",
      });
      expect(headers["x-request-id"]).not.toBe("a".repeat(32));
    });

    test("shows each of its two sites the certificate of that site", async () => {
      const names = async (port: number) => {
        const { stdout } = await running.web.run([
          "sh",
          "-c",
          `openssl s_client -connect 10.31.64.10:${port} </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName`,
        ]);
        return stdout;
      };
      expect(await names(443)).toContain("DNS:portico.internal");
      expect(await names(443)).not.toContain("web.portico.internal");
      expect(await names(8443)).toContain("DNS:web.portico.internal");
    });

    test("has one id of a request in the lines of both sites", async () => {
      const { headers } = await ask("/echo", "--header", "X-Forwarded-For: 192.0.2.1");
      const { stdout } = await running.web.run(["cat", "/var/log/portico/access.log"]);
      const lines = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(
        lines.filter((line) => line.request_id === headers["x-request-id"]![0]).map((line) => line.client),
      ).toEqual([client, client]);
    });

    test("limits the client, not the balancer in between", async () => {
      const request = ["--interface", client, `${site}/echo`];
      const answers = await running.askTogether(Array.from({ length: 8 }, () => request));
      expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(5);
      expect((await running.ask(`${site}/echo`)).status).toBe(200);
    });

    test("closes unknown names without a word", async () => {
      for (const answer of [
        await running.ask("https://unknown.internal/echo", "--insecure", "--http1.1"),
        await running.ask("http://unknown.internal/echo"),
      ]) {
        expect(answer).toMatchObject({ status: 0, complaint: expect.stringMatching(/Empty reply|reset by peer/) });
      }
    });
  });
});
