import { baselineSettings } from "../support/baseline";
import { platformIds } from "../../lib/hosts/platforms";
import { describeNginxOf } from "../support/systems";
import { TestBalancer } from "../support/testBalancer";

/** Short times: what is late is given up after four seconds, a handshake after one. */
const quick = {
  app: { deadlineSeconds: 1 },
  gunicorn: { timeoutSeconds: 2, gracefulTimeoutSeconds: 1 },
  nginx: { proxyReadTimeoutSeconds: 3 },
  balancer: { idleTimeoutSeconds: 4 },
};

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "a balancer and what its hosts do", (base) => {
    let running: TestBalancer;
    beforeAll(async () => {
      running = await TestBalancer.start(base(), id, baselineSettings(quick));
    });
    afterAll(() => running?.stop());
    afterEach(async () => {
      for (const address of running.webAddresses) await running.make("up", address);
    });

    test.each([500, 502, 503, 504])(
      "an answer %d passes, is asked for once, and harms no other request",
      async (status) => {
        for (let turn = 0; turn < 8; turn++) expect((await running.ask(`/${status}`)).status).toBe(status);
        expect(await running.askedFor(`/${status}`)).toHaveLength(8);
        for (const path of ["/", "/static/app.css"]) expect((await running.ask(path)).status).toBe(200);
      },
    );

    test("a request whose answer is late is not sent again, whatever its method, and takes no host out", async () => {
      const late = ["GET", "POST"].flatMap((method) =>
        Array.from({ length: 6 }, () => running.ask("/late", "--request", method)),
      );
      expect((await Promise.all(late)).map(({ status }) => status)).toEqual(Array(12).fill(504));
      expect(await running.askedFor("/late")).toHaveLength(12);
      const others = await Promise.all(Array.from({ length: 8 }, () => running.ask("/after-late")));
      expect(new Set(others.map(({ body }) => body.trim()))).toEqual(new Set(running.webAddresses));
    });

    test("a connection that breaks without an answer: a GET asks the other host, a POST never does", async () => {
      expect((await running.ask("/cut", "--request", "POST", "--data", "once")).status).toBe(502);
      expect(await running.askedFor("/cut")).toEqual(["POST /cut"]);
      expect((await running.ask("/cut")).status).toBe(502);
      expect((await running.askedFor("/cut")).sort()).toEqual(["GET /cut", "GET /cut", "POST /cut"]);
      expect((await running.ask("/")).status).toBe(200);
    });

    test.each(["gone", "silent"] as const)("a host that is %s costs no request of any method", async (state) => {
      const [first, second] = running.webAddresses as [string, string];
      await running.make(state, first);
      const words = [[], ["--request", "POST", "--data", "body"], ["--request", "PATCH", "--data", "body"]];
      const answers = await Promise.all(
        words.flatMap((each) => [running.ask("/reach", ...each), running.ask("/reach", ...each)]),
      );
      expect(answers.map(({ status, body }) => `${status} ${body.trim()}`)).toEqual(Array(6).fill(`200 ${second}`));
    });

    test("hosts that were all gone are asked again at once", async () => {
      for (const address of running.webAddresses) await running.make("gone", address);
      for (let turn = 0; turn < 5; turn++) expect((await running.ask("/")).status).toBe(502);
      for (const address of running.webAddresses) await running.make("up", address);
      const answers = await Promise.all(Array.from({ length: 8 }, () => running.ask("/again")));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect((await running.asked()).map((lines) => lines.includes("GET /again"))).toEqual([true, true]);
    });

    test("hosts that all stand still for longer than a handshake may take are waited for", async () => {
      const waiting = Array.from({ length: 4 }, () => running.ask("/waited", "--request", "POST", "--data", "body"));
      await running.freeze(1500);
      expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(4).fill(200));
      expect(await running.askedFor("/waited")).toHaveLength(4);
    });

    test("a host that is a backup gets what no other can be reached for, one that is down nothing", async () => {
      const [first, second] = running.webAddresses as [string, string];
      const hosts = async () =>
        new Set(
          (await Promise.all(Array.from({ length: 6 }, () => running.ask("/role")))).map(({ status, body }) =>
            status === 200 ? body.trim() : status,
          ),
        );
      await running.list("", " backup");
      expect(await hosts()).toEqual(new Set([first]));
      await running.make("gone", first);
      expect(await hosts()).toEqual(new Set([second]));
      await running.list("", " down");
      expect(await hosts()).toEqual(new Set([502]));
      await running.make("up", first);
      expect(await hosts()).toEqual(new Set([first]));
      await running.list("", "");
      expect(await hosts()).toEqual(new Set([first, second]));
    });
  });
});
