import { baselineSettings } from "../support/baseline";
import { applicationFiles } from "../support/applications";
import { GunicornApp } from "../support/gunicornApp";
import { describeOn } from "../support/systems";
import { balancerAddress, TestSite } from "../support/testSite";
import { until } from "../support/until";
import { WebSocketClient } from "../support/webSocketClient";

/** Open streams hold a slot no longer than the farewell of a web socket takes, 5 s; with nobody to end them it is 30 s (graceful_timeout). */
const drainSeconds = 20;

describeOn("debian-13", "open streams of a slot that stops", (base) => {
  let running: TestSite;
  let app: GunicornApp;

  async function serve(workerClass: string, module: string, gunicorn: Record<string, unknown> = {}) {
    const settings = baselineSettings({
      app: { streamPaths: ["/events", "/slow"] },
      gunicorn: { workerClass, workers: 1, threads: workerClass === "gthread" ? 4 : 1, ...gunicorn },
    });
    app = new GunicornApp(settings, module, applicationFiles());
    running = await TestSite.start(base(), "debian-13", settings, [], {}, app);
  }
  afterEach(async () => {
    await app?.close();
    await running?.stop();
  });

  /** A web socket that the application has greeted. */
  async function connect(): Promise<WebSocketClient> {
    const client = new WebSocketClient(running, "/events/echo");
    await until(
      () => client.lines.length === 1,
      () => app.log,
    );
    return client;
  }

  /** Reads an answer that is under way; resolves with how curl ended and what it got. */
  function reader(path: string) {
    const curl = running.balancer.startInNetwork([
      "curl",
      "--no-buffer",
      ...running.clientWords(balancerAddress),
      "--max-time",
      "60",
      `https://portico.internal${path}`,
    ]);
    const seen = { text: "" };
    curl.stdout!.on("data", (piece) => (seen.text += piece));
    const ended = new Promise<{ code: number | null; text: string }>((resolve) =>
      curl.on("close", (code) => resolve({ code, text: seen.text })),
    );
    return {
      seen,
      ended,
      first: () =>
        until(
          () => seen.text !== "",
          () => app.log,
        ),
    };
  }

  test.each([
    ["asgi", "starlette_site:app"],
    ["gthread", "plain_wsgi:make_app()"],
  ])(
    "%s: an event stream of %s ends between two events, as a whole, and its generator is closed",
    async (workerClass, module) => {
      await serve(workerClass, module);
      const stream = reader("/events");
      await stream.first();
      expect(await app.drain()).toBeLessThan(drainSeconds);
      const { code, text } = await stream.ended;
      expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/^(data: \d+\n\n)+$/) });
      expect(app.log).toContain("generator closed");
      expect(app.log).not.toContain("Traceback");
    },
  );

  test.each([
    ["asgi", "starlette_site:app"],
    ["gthread", "plain_wsgi:make_app()"],
  ])("%s: any other answer of %s is finished", async (workerClass, module) => {
    await serve(workerClass, module);
    const answer = reader("/slow");
    await answer.first();
    await app.drain();
    expect(await answer.ended).toEqual({ code: 0, text: expect.stringMatching(/data: the last\n\n$/) });
  });

  test.each([["starlette_site:app"], ["fastapi_site:make_app()"]])(
    "a web socket of %s is closed with 1012, and its application told so",
    async (module) => {
      await serve("asgi", module);
      const client = await connect();
      client.send("still here");
      await until(
        () => client.lines.includes("still here"),
        () => client.lines,
      );
      expect(await app.drain()).toBeLessThan(drainSeconds);
      expect((await client.closed()).slice(1)).toEqual(["still here", "closed with 1012"]);
      expect(app.log).toContain("disconnected with 1012");
      expect(app.log).not.toContain("Traceback");
    },
  );

  test("a worker that is recycled ends its streams as well", async () => {
    await serve("asgi", "starlette_site:app", { maxRequests: 5, maxRequestsJitter: 0 });
    const client = await connect();
    for (let request = 0; request < 5; request += 1) await running.ask("https://portico.internal/told");
    expect((await client.closed()).at(-1)).toBe("closed with 1012");
    await until(
      () => app.log.includes("disconnected with 1012"),
      () => app.log,
    );
  });

  test.each([["starlette_site:app"], ["fastapi_site:make_app()"]])(
    "%s is told when a client closes its web socket",
    async (module) => {
      await serve("asgi", module);
      const client = await connect();
      client.leave();
      await until(
        () => app.log.includes("disconnected with 1000"),
        () => app.log,
      );
    },
  );

  test("a web socket whose application never listens is closed with 1012, and the next send fails", async () => {
    await serve("asgi", "starlette_site:app");
    const client = new WebSocketClient(running, "/events/broadcast");
    await until(
      () => client.lines.length > 2,
      () => app.log,
    );
    expect(await app.drain()).toBeLessThan(drainSeconds);
    expect((await client.closed()).at(-1)).toBe("closed with 1012");
    expect(app.log).toContain("nobody listens");
    expect(app.log).toContain("lifespan ended");
  });
});
