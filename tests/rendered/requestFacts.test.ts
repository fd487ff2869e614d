import { baselineSettings } from "../support/baseline";
import { applicationFiles } from "../support/applications";
import { GunicornApp } from "../support/gunicornApp";
import { describeOn } from "../support/systems";
import { balancerAddress, TestSite } from "../support/testSite";
import { until } from "../support/until";
import { WebSocketClient } from "../support/webSocketClient";

const site = "https://portico.internal";
const claims = [
  "X-Forwarded-For: 6.6.6.6",
  "X-Forwarded-Proto: http",
  "X-Forwarded-Host: evil.example",
  "X-Request-ID: spoofed",
  "Forwarded: for=6.6.6.6;proto=http",
  "X-Real-IP: 6.6.6.6",
].flatMap((claim) => ["--header", claim]);
const told = {
  client: balancerAddress,
  scheme: "https",
  host: "portico.internal",
  requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
  url: `${site}/told`,
};

describeOn("debian-13", "what an application is told about a request", (base) => {
  let running: TestSite;
  let app: GunicornApp;

  async function serve(workerClass: string, module: string) {
    // A worker of class sync may have no streams.
    const settings = baselineSettings({
      ...(workerClass === "sync" && { app: { streamPaths: [] } }),
      gunicorn: { workerClass, workers: 1, threads: workerClass === "gthread" ? 4 : 1 },
    });
    app = new GunicornApp(settings, module, applicationFiles());
    running = await TestSite.start(base(), "debian-13", settings, [], {}, app);
  }
  afterEach(async () => {
    await app?.close();
    await running?.stop();
  });

  test.each([
    ["gthread", "plain_wsgi:make_app()", { server: ["portico.internal", "443"] }],
    ["sync", "plain_wsgi:make_app()", { server: ["portico.internal", "443"] }],
    ["gthread", "flask_site:app", { secure: true }],
    ["sync", "flask_site:app", { secure: true }],
    ["gthread", "django_site:wsgi", { secure: true, port: "443" }],
    ["sync", "django_site:wsgi", { secure: true, port: "443" }],
    ["asgi", "django_site:asgi", { secure: true, port: "443" }],
    ["asgi", "plain_asgi:app", { server: ["portico.internal", "443"] }],
    ["asgi", "starlette_site:app", { started: true }],
    ["asgi", "fastapi_site:make_app()", {}],
  ])("%s tells %s who asks and how, whatever the client claims", async (workerClass, module, more) => {
    await serve(workerClass, module);
    for (const words of [[], claims, ["--http1.1", ...claims]]) {
      const answer = await running.ask(`${site}/told`, ...words);
      expect({ ...answer, body: JSON.parse(answer.body) }).toMatchObject({ status: 200, body: { ...told, ...more } });
    }
  });

  test.each([
    ["gthread", "flask_site:app", 302],
    ["gthread", "django_site:wsgi", 302],
    ["asgi", "django_site:asgi", 302],
    ["asgi", "starlette_site:app", 307],
    ["asgi", "fastapi_site:make_app()", 307],
  ])("%s: a redirect of %s goes to https", async (workerClass, module, status) => {
    await serve(workerClass, module);
    expect(await running.ask(`${site}/old`)).toMatchObject({ status, headers: { location: [`${site}/told`] } });
  });

  test.each([
    ["gthread", "django_site:wsgi"],
    ["asgi", "django_site:asgi"],
  ])("%s: %s takes a form under its CSRF protection, and counts clients by address", async (workerClass, module) => {
    await serve(workerClass, module);
    const form = await running.ask(`${site}/form`);
    const cookie = form.headers["set-cookie"]![0]!.split(";")[0]!;
    const post = (origin: string, token = form.body) =>
      running.ask(
        `${site}/form`,
        "--cookie",
        cookie,
        "--header",
        `Origin: ${origin}`,
        "--data",
        `csrfmiddlewaretoken=${token}`,
      );
    expect(await post(site)).toMatchObject({ status: 200, body: "taken" });
    expect((await post("https://evil.example")).status).toBe(403);
    expect((await post(site, "wrong")).status).toBe(403);
    const statuses = [];
    for (let attempt = 0; attempt < 3; attempt++) statuses.push((await running.ask(`${site}/rare`, ...claims)).status);
    expect(statuses).toEqual([200, 200, 403]);
  });

  test.each([["starlette_site:app"], ["fastapi_site:make_app()"]])(
    "a web socket of %s is wss, and carries large messages",
    async (module) => {
      await serve("asgi", module);
      const client = new WebSocketClient(running, "/events/echo");
      await until(
        () => client.lines.length > 0,
        () => app.log,
      );
      expect(JSON.parse(client.lines[0]!)).toMatchObject({ client: balancerAddress, scheme: "wss" });
      const message = "x".repeat(500_000);
      client.send(message);
      await until(
        () => client.lines.includes(message),
        () => client.lines.map(({ length }) => length),
      );
      client.end();
    },
  );

  test.each([
    ["gthread", "plain_wsgi:make_app()"],
    ["asgi", "plain_asgi:app"],
  ])(
    "%s: %s is told of this machine by whoever asks without Nginx, as the host program does",
    async (workerClass, module) => {
      await serve(workerClass, module);
      const { stdout } = await running.web.runInNetwork([
        "curl",
        "--silent",
        "--unix-socket",
        `${running.web.sockets}/app.sock`,
        "--header",
        "Connection: close",
        "--header",
        "X-Forwarded-Proto: https",
        "http://portico.internal/told",
      ]);
      expect(JSON.parse(stdout)).toMatchObject({
        client: "127.0.0.1",
        scheme: "https",
        host: "portico.internal",
        requestId: null,
        url: `${site}/told`,
      });
    },
  );
});
