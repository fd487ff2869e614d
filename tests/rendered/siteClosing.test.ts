import { platformIds, platforms } from "../../lib/hosts/platforms";
import { nginxDialect } from "../../lib/hostFiles/nginx/dialect";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { TestBalancer } from "../support/testBalancer";

const flag = "/run/portico-nginx/closing";
const quick = {
  app: { deadlineSeconds: 1 },
  gunicorn: { timeoutSeconds: 2, gracefulTimeoutSeconds: 1 },
  nginx: { proxyReadTimeoutSeconds: 3, clientMaxBodyMegabytes: 1 },
  balancer: { idleTimeoutSeconds: 4 },
};

describe.each(platformIds.filter((id) => nginxDialect(platforms[id]).closesBeforeReload))("%s", (id) => {
  describeNginxOf(id, "the moment before a reload", (base) => {
    let running: TestBalancer;
    const ask = (path: string, ...words: string[]) => running.ask(path, "--http1.1", ...words);
    const echoed = async (path: string, ...words: string[]) => JSON.parse((await ask(path, ...words)).body);

    beforeAll(async () => {
      running = await TestBalancer.start(base(), id, baselineSettings(quick));
    });
    afterAll(() => running?.stop());

    test("before it and after it connections are kept", async () => {
      expect((await ask("/")).headers.connection).toEqual(["keep-alive"]);
      await running.host.run(["touch", flag]);
      expect((await ask("/")).headers.connection).toEqual(["close"]);
      await running.host.run(["rm", flag]);
      expect((await ask("/")).headers.connection).toEqual(["keep-alive"]);
    });

    describe("while it lasts", () => {
      beforeAll(() => running.host.run(["touch", flag]));
      afterAll(() => running.host.run(["rm", flag]));

      test.each(["/", "/events"])("each answer of %s closes its connection, whatever its status", async (path) => {
        expect((await ask(path)).headers.connection).toEqual(["close"]);
        for (const status of [404, 503])
          expect(await ask(`/${status}`)).toMatchObject({ status, headers: { connection: ["close"] } });
      });

      test.each(["POST", "PUT", "PATCH", "DELETE"])(
        "a %s arrives once, with method, body, query and headers",
        async (method) => {
          const body = "x".repeat(100_000);
          const before = (await running.askedFor("/echo")).length;
          const seen = await echoed("/echo", "--request", method, "--data-binary", body, "--header", "X-Own: 1");
          expect(seen).toMatchObject({
            method,
            body,
            headers: { host: "portico.internal", "x-own": "1", "x-forwarded-proto": "https" },
          });
          expect((await running.askedFor("/echo")).length - before).toBe(1);
          expect((await echoed("/a%20b/echo", "--request", method)).method).toBe(method);
          expect(await running.askedFor("/a%20b/echo")).toContain(`${method} /a%20b/echo`);
        },
      );

      test("a client that waits for leave to send its body gets it", async () => {
        const answer = await ask(
          "/echo",
          "--data-binary",
          "body",
          "--header",
          "Expect: 100-continue",
          "--expect100-timeout",
          "60",
          "--max-time",
          "30",
        );
        expect(answer.status).toBe(100);
        expect(answer.body).toContain('"body":"body"');
      });

      test("what Nginx answers itself has its page: too large, too late", async () => {
        const large = await ask("/echo", "--data-binary", "x", "--header", "Content-Length: 2000000");
        expect(large).toMatchObject({ status: 413, body: expect.stringContaining("<h1>") });
        const late = await ask("/late");
        expect(late).toMatchObject({
          status: 504,
          body: expect.stringContaining("<h1>Temporarily unavailable</h1>"),
          headers: { connection: ["close"] },
        });
      });

      test("streams arrive piece by piece, and may change to web sockets", async () => {
        const [first, second] = await running.arrivals("/events/pieces");
        expect(second! - first!).toBeGreaterThan(500);
        const upgrade = ["--header", "Upgrade: websocket", "--header", "Connection: Upgrade"];
        expect((await echoed("/events/echo", ...upgrade)).headers).toMatchObject({
          upgrade: "websocket",
          connection: "upgrade",
        });
        expect((await echoed("/echo", ...upgrade)).headers).not.toHaveProperty("upgrade");
      });

      test("HTTP/2 goes on as ever", async () => {
        expect(await running.ask("/", "--http2")).toMatchObject({ status: 200 });
      });
    });
  });
});
