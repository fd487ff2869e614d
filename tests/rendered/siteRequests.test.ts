import { platformIds } from "../../lib/hosts/platforms";
import { assetFile } from "../support/assetFile";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const site = "https://portico.internal";
const token = "token-of-a-visitor";
const file = assetFile("app.css", "plain");

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "many requests of one client", (base) => {
    let running: TestSite;
    beforeAll(async () => {
      running = await TestSite.start(base(), id, baselineSettings({ nginx: { rateLimits: { dryRun: true } } }), [file]);
    });
    afterAll(() => running?.stop());

    test.each([
      ["one after another over HTTP/1.1", "--http1.1"],
      ["one after another over HTTP/2", "--http2"],
      // What was on its way to a connection that ends is refused, which a client of HTTP/2 takes as leave to send it again.
      [
        "fifty at once over HTTP/2",
        ...["--http2", "--parallel", "--parallel-immediate", "--parallel-max", "50"],
        ...["--retry", "3", "--retry-all-errors", "--retry-delay", "1"],
      ],
    ])("take a connection for each thousand, and none is lost: %s", async (_, ...words) => {
      const curl = ["curl", ...running.clientWords("10.31.64.10"), "--max-time", "60", ...words];
      const write = ["--output", "/dev/null", "--write-out", "%{http_code} %{num_connects}\n"];
      const done = await running.balancer.runInNetwork([...curl, ...write, `${site}/static/app.css?[1-2100]`]);
      const lines = done.stdout.trim().split("\n");
      expect(lines.filter((line) => !line.startsWith("200 "))).toEqual([]);
      expect(lines).toHaveLength(2100);
      const connections = lines.reduce((sum, line) => sum + Number(line.split(" ")[1]), 0);
      if (words.length === 1) expect(connections).toBe(3);
      else expect(connections).toBeGreaterThanOrEqual(3);
    });
  });

  describeNginxOf(id, "query strings", (base) => {
    test.each([
      ["reach no log", {}, expect.not.stringContaining(token)],
      ["reach the journal where a cause is looked for", { logRequestErrors: true }, expect.stringContaining(token)],
    ])("%s", async (_, more, wanted) => {
      const running = await TestSite.start(
        base(),
        id,
        baselineSettings({ nginx: { clientMaxBodyMegabytes: 1, ...more } }),
      );
      try {
        const query = `?token=${token}`;
        const tooLarge = ["--data-binary", "x", "--header", "Content-Length: 2000000"];
        expect((await running.ask(`${site}/upload${query}`, ...tooLarge)).status).toBe(413);
        expect((await running.ask(`${site}/breaking${query}`)).status).toBe(502);
        await running.app.close();
        expect((await running.ask(`${site}/echo${query}`)).status).toBe(503);
        expect(running.journal).toEqual(wanted);
        for (const host of [running.balancer, running.web])
          expect((await host.run(["cat", "/var/log/portico/access.log"])).stdout).not.toContain(token);
      } finally {
        await running.stop();
      }
    });
  });
});
