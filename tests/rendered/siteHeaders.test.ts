import { platformIds } from "../../lib/hosts/platforms";
import { assetFile } from "../support/assetFile";
import { baselineSettings } from "../support/baseline";
import type { HttpAnswer } from "../support/httpAnswer";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const policy = /^default-src 'none'; .*frame-ancestors 'none'$/;
const securityHeaders: Record<string, RegExp> = {
  "strict-transport-security": /^max-age=63072000$/,
  "content-security-policy": policy,
  "x-frame-options": /^DENY$/,
  "x-content-type-options": /^nosniff$/,
  "referrer-policy": /^same-origin$/,
  "permissions-policy": /camera=\(\)/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-embedder-policy": /^require-corp$/,
  "x-permitted-cross-domain-policies": /^none$/,
  "x-dns-prefetch-control": /^off$/,
  "x-request-id": /^[0-9a-f]{32}$/,
};

function expectEachSecurityHeaderOnce({ headers }: HttpAnswer, resourcePolicy = /^same-origin$/): void {
  for (const [name, value] of Object.entries({ ...securityHeaders, "cross-origin-resource-policy": resourcePolicy })) {
    expect({ [name]: headers[name] }).toEqual({ [name]: [expect.stringMatching(value)] });
  }
}

const assets = [
  assetFile("app.css", "plain"),
  assetFile("app.0a1b2c3d.css", "hashed"),
  assetFile("app.0a1b2c3d.css.gz", "compressed"),
  assetFile("deep/icon.svg", "<svg/>"),
  assetFile("report.20260131.pdf", "a date"),
];

const site = "https://portico.internal";
const byPath = [
  { path: "/echo", contentSecurityPolicy: "default-src 'self'" },
  { path: "/static/", crossOriginResourcePolicy: "same-site" },
  { path: "/static/deep", crossOriginResourcePolicy: "cross-origin" },
];

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "headers", (base) => {
    let running: TestSite;
    beforeAll(async () => {
      running = await TestSite.start(
        base(),
        id,
        baselineSettings({ nginx: { clientMaxBodyMegabytes: 1, headers: { byPath } } }),
        assets,
      );
    });
    afterAll(() => running?.stop());

    test.each([
      ["200 of the application", "/healthz", 200],
      ["404 of the application", "/nothing", 404],
      ["500 of the application", "/failing", 500],
      ["200 of a static file", "/static/app.css", 200],
      ["404 of a static file", "/static/nothing.css", 404],
    ])("%s carries each security header once, and has none from the host", async (_, path, status) => {
      const [direct, balanced] = await Promise.all([
        running.askWeb(`${site}${path}`, running.web),
        running.ask(`${site}${path}`),
      ]);
      for (const answer of [direct, balanced]) {
        expect(answer.status).toBe(status);
        expect(answer.headers.server).toEqual(["nginx"]);
      }
      expect(Object.keys(securityHeaders).filter((name) => name in direct.headers)).toEqual([]);
      expectEachSecurityHeaderOnce(balanced, path.startsWith("/static/") ? /^same-site$/ : /^same-origin$/);
    });

    test("a range that cannot be had is refused with each header once", async () => {
      const beyond = ["--header", "Range: bytes=900-"];
      const refused = { status: 416, headers: { "content-range": ["bytes */5"], "cache-control": ["no-cache"] } };
      expect(await running.askWeb(`${site}/static/app.css`, running.web, ...beyond)).toMatchObject(refused);
      const answer = await running.ask(`${site}/static/app.css`, ...beyond);
      expect(answer).toMatchObject(refused);
      expectEachSecurityHeaderOnce(answer, /^same-site$/);
      expect(await running.ask(`${site}/static/app.css`, "--header", "Range: bytes=1-2")).toMatchObject({
        status: 206,
        body: "la",
        headers: { "cache-control": ["no-cache"] },
      });
      const own = await running.ask(`${site}/unsatisfiable`);
      expect(own.status).toBe(416);
      expectEachSecurityHeaderOnce(own);
    });

    test("the policies of a path are those of the longest that fits", async () => {
      const headersOf = async (path: string) => (await running.ask(`${site}${path}`)).headers;
      const resourcePolicy = async (path: string) => (await headersOf(path))["cross-origin-resource-policy"];
      expect(await resourcePolicy("/static/app.css")).toEqual(["same-site"]);
      expect(await resourcePolicy("/static/deep/icon.svg")).toEqual(["cross-origin"]);
      expect(await resourcePolicy("/lookalike")).toEqual(["same-origin"]);
      expect((await headersOf("/echo"))["content-security-policy"]).toEqual(["default-src 'self'"]);
      expect((await headersOf("/echoes"))["content-security-policy"]).toEqual([expect.stringMatching(policy)]);
    });

    test("what the application says itself stands alone", async () => {
      const answer = await running.ask(`${site}/own-headers`);
      expect(answer.headers).toMatchObject({
        "content-security-policy": ["default-src 'self'"],
        "x-frame-options": ["SAMEORIGIN"],
        "strict-transport-security": ["max-age=1"],
        "cache-control": ["private"],
        "x-content-type-options": ["nosniff"],
      });
      expect(answer.headers).not.toHaveProperty("x-powered-by");
    });

    test("a body beyond the limit is refused with our page and all headers", async () => {
      const answer = await running.ask(
        `${site}/upload`,
        "--data-binary",
        "x".repeat(1),
        "--header",
        "Content-Length: 2000000",
      );
      expect(answer).toMatchObject({ status: 413, body: expect.stringContaining("larger than this site accepts") });
      expectEachSecurityHeaderOnce(answer);
      expect(answer.headers["cache-control"]).toEqual(["no-store"]);
      expect(running.app.counts["/upload"]).toBeUndefined();
    });

    test("a redirect on plain HTTP goes to the same name and carries no HSTS", async () => {
      const answer = await running.ask("http://portico.internal/a?b=c");
      expect(answer).toMatchObject({
        status: 308,
        headers: { location: ["https://portico.internal/a?b=c"], "x-content-type-options": ["nosniff"] },
      });
      expect(answer.headers).not.toHaveProperty("strict-transport-security");
    });

    test("a hashed file is kept for a year, any other asked for again, a missing one forgotten", async () => {
      const cacheControl = async (path: string) => (await running.ask(`${site}${path}`)).headers["cache-control"];
      expect(await cacheControl("/static/app.0a1b2c3d.css")).toEqual(["public, max-age=31536000, immutable"]);
      expect(await cacheControl("/static/app.css")).toEqual(["no-cache"]);
      expect(await cacheControl("/static/deep/icon.svg")).toEqual(["no-cache"]);
      expect(await cacheControl("/static/report.20260131.pdf")).toEqual(["no-cache"]);
      expect(await cacheControl("/static/app.ffffffff.css")).toEqual(["no-store"]);
      expect(await cacheControl("/echo")).toBeUndefined();
    });

    test("an answer to a range is asked for again, of a hashed file too: a cache would keep 416 in its place", async () => {
      const answerTo = (range: string) => running.ask(`${site}/static/app.0a1b2c3d.css`, "--header", `Range: ${range}`);
      for (const [range, status] of [
        ["bytes=900-", 416],
        ["bytes=1-2", 206],
        ["||200:/static/app.0a1b2c3d.", 200],
      ] as const)
        expect(await answerTo(range)).toMatchObject({ status, headers: { "cache-control": ["no-cache"] } });
    });

    test("the compressed file goes to who takes it, and caches are told", async () => {
      const compressed = await running.ask(`${site}/static/app.0a1b2c3d.css`, "--header", "Accept-Encoding: gzip");
      expect(compressed).toMatchObject({
        body: "compressed",
        headers: {
          "content-encoding": ["gzip"],
          vary: ["Accept-Encoding"],
          "content-type": ["text/css; charset=utf-8"],
        },
      });
      const plain = await running.ask(`${site}/static/app.0a1b2c3d.css`);
      expect(plain.body).toBe("hashed");
      expect(plain.headers).not.toHaveProperty("content-encoding");
    });

    test("when the application is gone the host says so, and all headers are there", async () => {
      await running.app.close();
      const answer = await running.ask(`${site}/lookalike`);
      expect(answer).toMatchObject({
        status: 503,
        body: expect.stringContaining("Temporarily unavailable"),
        headers: { "cache-control": ["no-store"], "retry-after": ["2"] },
      });
      expectEachSecurityHeaderOnce(answer);
    });

    test("when no host is left the balancer says so with all headers", async () => {
      await running.web.stopPrograms();
      const answer = await running.ask(`${site}/echo`);
      expect(answer).toMatchObject({
        status: 502,
        body: expect.stringContaining("Temporarily unavailable"),
        headers: { "cache-control": ["no-store"] },
      });
      expectEachSecurityHeaderOnce(answer);
    });
  });

  describeNginxOf(id, "headers of a host behind the balancer of a cloud", (base) => {
    let running: TestSite;
    beforeAll(async () => {
      running = await TestSite.start(base(), id, baselineSettings(), assets, { cloudBalancer: { hosts: 2 } });
    });
    afterAll(() => running?.stop());

    test.each([
      ["200 of the application", "/healthz", 200],
      ["404 of a static file", "/static/nothing.css", 404],
      ["500 of the application", "/failing", 500],
    ])("%s carries each security header once: that balancer adds none", async (_, path, status) => {
      const answer = await running.askWeb(`${site}${path}`, running.balancer);
      expect(answer.status).toBe(status);
      expectEachSecurityHeaderOnce(answer);
    });

    test("so does what the host says when the application is gone", async () => {
      await running.app.close();
      const answer = await running.askWeb(`${site}/echo`, running.balancer);
      expect(answer).toMatchObject({ status: 503, headers: { "cache-control": ["no-store"], "retry-after": ["2"] } });
      expectEachSecurityHeaderOnce(answer);
    });
  });
});
