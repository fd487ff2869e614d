import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { platformIds } from "../../lib/hosts/platforms";
import { applicationFiles } from "../support/applications";
import { baselineSettings } from "../support/baseline";
import { GunicornApp } from "../support/gunicornApp";
import { describeNginxOf } from "../support/systems";
import { temporaryFolders } from "../support/temporaryFolder";
import { balancerAddress, TestSite } from "../support/testSite";

const site = "https://portico.internal";
const protocols = [["--http1.1"], ["--http2"]] as const;
const kibibyte = 1024;
const path = (line: number) => "/" + "x".repeat(line - "GET / HTTP/1.1\r\n".length);
const field = (length: number, letter = "x", name = "X-Long") => [
  "--header",
  `${name}: ${letter.repeat(length - `${name}: \r\n`.length)}`,
];
const fields = (count: number, length: number) =>
  Array.from({ length: count }, (_, number) => field(length, "x", `X-${number}`)).flat();

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "sizes", (base) => {
    let running: TestSite;
    let app: GunicornApp;
    const makeFolder = temporaryFolders();

    async function serve(nginx: Record<string, unknown> = {}, workerClass = "gthread") {
      const settings = baselineSettings({
        gunicorn: { workerClass, workers: 1, threads: workerClass === "gthread" ? 4 : 1 },
        nginx,
      });
      app = new GunicornApp(
        settings,
        workerClass === "asgi" ? "plain_asgi:app" : "plain_wsgi:make_app()",
        applicationFiles(),
      );
      running = await TestSite.start(base(), id, settings, [], {}, app);
    }
    afterEach(async () => {
      await app?.close();
      await running?.stop();
    });
    /** Status of the last answer, past a 100 Continue, and the body. */
    async function ask(url: string, ...words: string[]) {
      const { stdout } = await running.balancer.runInNetwork([
        "curl",
        ...running.clientWords(balancerAddress),
        ...words,
        "--write-out",
        "\n%{http_code}",
        `${site}${url}`,
      ]);
      const end = stdout.lastIndexOf("\n");
      return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
    }

    test.each(["gthread", "asgi"])(
      "requests at each limit reach a %s worker over both protocols, and beyond it there is a clean answer",
      async (workerClass) => {
        await serve({}, workerClass);
        for (const [protocol] of protocols) {
          const status = async (url: string, ...words: string[]) => ({
            protocol,
            ...(await ask(url, protocol, ...words)),
          });
          for (const letter of ["x", "&"]) {
            expect(await status(path(8 * kibibyte).replaceAll("x", letter))).toMatchObject({ protocol, status: 200 });
            expect(await status(path(8 * kibibyte + 1).replaceAll("x", letter))).toMatchObject({
              protocol,
              status: 414,
              body: expect.stringContaining("longer than this site accepts"),
            });
            expect(await status("/told", ...field(8 * kibibyte, letter))).toMatchObject({ protocol, status: 200 });
            expect(await status("/told", ...field(8 * kibibyte + 1, letter))).toMatchObject({
              protocol,
              status: 431,
              body: expect.stringContaining("larger than this site accepts"),
            });
          }
          expect(await status("/told", ...fields(8, 4 * kibibyte))).toMatchObject({ protocol, status: 200 });
          expect(await status("/told", ...fields(11, 4 * kibibyte))).toMatchObject({
            protocol,
            status: 431,
            body: expect.stringContaining("larger than this site accepts"),
          });
          // Host, User-Agent and Accept are three more.
          expect(await status("/told", ...fields(97, 20))).toMatchObject({ protocol, status: 200 });
          expect(await status("/told", ...fields(98, 20))).toMatchObject({ protocol, status: 431 });
        }
      },
    );

    test("the limits are settings", async () => {
      await serve({
        requestFieldKilobytes: 32,
        requestHeaderKilobytes: 128,
        requestFields: 200,
        responseHeaderKilobytes: 64,
        clientMaxBodyMegabytes: 1,
      });
      for (const [protocol] of protocols) {
        expect(await ask(path(32 * kibibyte), protocol)).toMatchObject({ status: 200 });
        expect(await ask(path(32 * kibibyte + 1), protocol)).toMatchObject({ status: 414 });
        // curl itself sends no more than 64 KiB over HTTP/2.
        expect(await ask("/told", protocol, ...fields(2, 28 * kibibyte))).toMatchObject({ status: 200 });
        expect(await ask("/told", protocol, ...field(32 * kibibyte + 1))).toMatchObject({ status: 431 });
        expect(await ask("/told", protocol, ...fields(197, 20))).toMatchObject({ status: 200 });
        expect(await ask("/told", protocol, ...fields(198, 20))).toMatchObject({ status: 431 });
        expect(await ask(`/headers?${63 * kibibyte}`, protocol)).toMatchObject({ status: 200, body: "small" });
      }
    });

    test.each(protocols)(
      "%s: 31 KiB of header fields in an answer arrive, 33 end as a 502 with our page",
      async (protocol) => {
        await serve();
        expect(await ask(`/headers?${31 * kibibyte}`, protocol)).toMatchObject({ status: 200, body: "small" });
        expect(await ask(`/headers?${33 * kibibyte}`, protocol)).toMatchObject({
          status: 502,
          body: expect.stringContaining("Temporarily unavailable"),
        });
      },
    );

    test.each(protocols)(
      "%s: a body of 10 MiB arrives, one byte more is refused, with a length, in pieces, or announced",
      async (protocol) => {
        await serve();
        const limit = 10 * kibibyte * kibibyte;
        const folder = makeFolder();
        for (const length of [limit, limit + 1]) writeFileSync(join(folder, String(length)), Buffer.alloc(length));
        for (const words of [
          ["--header", "Expect:"],
          ["--header", "Expect:", "--header", "Transfer-Encoding: chunked"],
          ["--header", "Expect: 100-continue"],
        ]) {
          const send = (length: number) =>
            ask("/upload", protocol, ...words, "--data-binary", `@${join(folder, String(length))}`);
          expect(await send(limit)).toEqual({ status: 200, body: String(limit) });
          expect(await send(limit + 1)).toMatchObject({
            status: 413,
            body: expect.stringContaining("larger than this site accepts"),
          });
        }
      },
    );

    test("over plain HTTP a POST is sent to HTTPS as a POST, with its body", async () => {
      await serve();
      const resolved = [80, 443].flatMap((port) => ["--resolve", `portico.internal:${port}:${balancerAddress}`]);
      const { stdout } = await running.balancer.runInNetwork([
        "curl",
        "--silent",
        "--cacert",
        running.certificateFile,
        ...resolved,
        "--location",
        "--data",
        "name=x",
        "http://portico.internal/upload",
      ]);
      expect(stdout).toBe("6");
    });
  });
});
