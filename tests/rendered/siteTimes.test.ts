import { applicationFiles } from "../support/applications";
import { baselineSettings } from "../support/baseline";
import { GunicornApp } from "../support/gunicornApp";
import { askSlowly } from "../support/slowClient";
import { describeOn } from "../support/systems";
import { TestSite } from "../support/testSite";

jest.setTimeout(240_000);

const mebibyte = 1 << 20;
const protocols = [
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const;

describeOn("debian-13", "slow clients", (base) => {
  let running: TestSite;
  let app: GunicornApp;

  async function serve(nginx: Record<string, unknown> = {}) {
    const settings = baselineSettings({ gunicorn: { workers: 1 }, nginx });
    app = new GunicornApp(settings, "plain_wsgi:make_app()", applicationFiles());
    running = await TestSite.start(base(), "debian-13", settings, [], {}, app);
  }
  afterEach(async () => {
    await app?.close();
    await running?.stop();
  });

  test("an upload with a pause of 20 s in it arrives, and more than 1 GiB at a client that reads slowly for 40 s and pauses", async () => {
    await serve();
    const upload = { halfBytes: 100_000, pauseSeconds: 20 };
    const download = { bytesPerSecond: mebibyte, slowSeconds: 40, pauseSeconds: 5 };
    const uploads = Promise.all([false, true].map((http2) => askSlowly(running, { http2, path: "/upload", upload })));
    const downloaded = await askSlowly(running, { http2: false, path: "/download?1100", download });
    expect(downloaded).toMatchObject({ status: 200, bytes: 1100 * mebibyte, failure: null });
    for (const outcome of await uploads) expect(outcome).toMatchObject({ status: 200, text: "200000", failure: null });
  });

  test.each(protocols)(
    "%s: a pause in an upload is allowed up to the setting; beyond it the connection is closed, and the log says 408",
    async (_, http2) => {
      await serve({ clientBodyTimeoutSeconds: 6 });
      expect(
        await askSlowly(running, { http2, path: "/upload", upload: { halfBytes: 100_000, pauseSeconds: 2 } }),
      ).toMatchObject({ status: 200, text: "200000" });
      expect(
        await askSlowly(running, { http2, path: "/upload", upload: { halfBytes: 100_000, pauseSeconds: 10 } }),
      ).toMatchObject({ status: 0 });
      expect((await running.balancer.run(["cat", "/var/log/portico/access.log"])).stdout).toMatch(
        /"path":"\/upload".*"status":408/,
      );
    },
  );

  test("what exceeds the file of a host flows at the pace of its reader, and is not cut, over both protocols", async () => {
    await serve({ proxyMaxTempFileMegabytes: 1 });
    const download = { bytesPerSecond: mebibyte / 4, slowSeconds: 35, pauseSeconds: 5 };
    const outcomes = await Promise.all(
      [false, true].map((http2) => askSlowly(running, { http2, path: "/download?200", download })),
    );
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 200, bytes: 200 * mebibyte, failure: null });
  });

  test.each(protocols)("%s: a reader that stalls for longer than the setting is cut", async (_, http2) => {
    await serve({ sendTimeoutSeconds: 2 });
    const download = { bytesPerSecond: 10 * mebibyte, slowSeconds: 0, pauseSeconds: 6 };
    expect(await askSlowly(running, { http2, path: "/download?200", download })).toMatchObject({
      status: 200,
      failure: expect.any(String),
    });
  });
});
