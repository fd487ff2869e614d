import { once } from "node:events";
import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { balancerAddress, TestSite } from "../support/testSite";

const site = "https://portico.internal";

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "streams", (base) => {
    let running: TestSite;
    beforeAll(async () => {
      running = await TestSite.start(base(), id, baselineSettings());
    });
    afterAll(() => running?.stop());

    /** How many of four events the application had sent when a client of the balancer saw the first. */
    async function sentBeforeFirst(path: string): Promise<number> {
      let sent: number | undefined;
      const curl = running.balancer.startInNetwork([
        "curl",
        "--no-buffer",
        ...running.clientWords(balancerAddress),
        `${site}${path}`,
      ]);
      let text = "";
      curl.stdout!.on("data", (piece) => {
        sent ??= running.app.eventsSent;
        text += piece;
      });
      await once(curl, "close");
      expect(text).toBe("data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n");
      return sent!;
    }

    test("events of a streaming route arrive while more are to come, through balancer and host", async () => {
      expect(await sentBeforeFirst("/events")).toBeLessThan(4);
    });

    test("on any other route the answer is buffered", async () => {
      expect(await sentBeforeFirst("/lumps")).toBe(4);
    });

    test("the application may ask for no buffering itself, and the balancer hears it too", async () => {
      expect(await sentBeforeFirst("/asked-for")).toBeLessThan(4);
      expect((await running.ask(`${site}/asked-for`)).headers).not.toHaveProperty("x-accel-buffering");
    });

    test("a streaming route passes web sockets on, and no other protocol", async () => {
      const seen = async (path: string, protocol: string) => {
        const answer = await running.ask(
          `${site}${path}`,
          "--http1.1",
          "--header",
          `Upgrade: ${protocol}`,
          "--header",
          "Connection: Upgrade",
        );
        return JSON.parse(answer.body);
      };
      expect(await seen("/events/echo", "websocket")).toMatchObject({ upgrade: "websocket", connection: "upgrade" });
      expect(await seen("/events/echo", "h2c")).toMatchObject({ connection: "close" });
      expect(await seen("/events/echo", "h2c")).not.toHaveProperty("upgrade");
      expect(await seen("/echo", "websocket")).not.toHaveProperty("upgrade");
    });
  });
});
