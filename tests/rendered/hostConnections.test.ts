import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const site = "https://portico.internal";

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "connections from Nginx to the application", (base) => {
    let running: TestSite;
    beforeEach(async () => {
      running = await TestSite.start(base(), id, baselineSettings({}), []);
    });
    afterEach(() => running?.stop());

    /** Twenty requests on one connection of a client, so by one worker of Nginx; on a busy computer some come late for a kept one. */
    const twenty = async (path: string, ...words: string[]) => {
      const options = ["--include", "--http1.1", ...running.balancerWords(), ...words];
      const { stdout } = await running.balancer.runInNetwork(["curl", ...options, `${site}${path}?[1-20]`]);
      return {
        answered: stdout.match(/HTTP\/1\.1 200 OK\r$/gm)?.length,
        connections: new Set(stdout.match(/^x-connection: \d+/gim)).size,
      };
    };

    test.each([
      ["GET", ["/echo"]],
      ["HEAD", ["/echo", "--head"]],
    ])("are kept for %s", async (_, [path, ...words]) => {
      const { answered, connections } = await twenty(path!, ...words);
      expect(answered).toBe(20);
      expect(connections).toBeLessThan(20);
    });

    test.each([
      ["POST", ["/upload", "--request", "POST"]],
      ["GET with a body", ["/upload", "--request", "GET", "--data", "x"]],
      ["streams", ["/events/echo"]],
    ])("are new for %s", async (_, [path, ...words]) => {
      expect(await twenty(path!, ...words)).toEqual({ answered: 20, connections: 20 });
    });

    test("that were closed under a request lose none: it is sent again, once, by a new one", async () => {
      expect(await twenty("/stale")).toEqual({ answered: 20, connections: 20 });
      expect(running.app.counts["/stale"]).toBeGreaterThan(20);
    });

    test("that a request breaks are not tried one after another", async () => {
      await twenty("/{echo,breaking}");
      expect(running.app.counts["/breaking"]).toBe(40);
    });

    test.each([
      ["GET", "/breaking", 2],
      ["POST", "/breaking", 1],
      ["GET", "/breaking-later", 1],
    ])("%s %s reaches the application %d times and ends as a 502", async (method, path, times) => {
      const answer = await running.askWeb(`${site}${path}`, running.balancer, "--request", method);
      expect(answer).toMatchObject({ status: 502, body: expect.stringContaining("Temporarily unavailable") });
      expect(running.app.counts[path]).toBe(times);
    });
  });
});
