import type { HostFile } from "../../lib/hostFiles/hostFile";
import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import type { HttpAnswer } from "../support/httpAnswer";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const site = "https://portico.internal";
const data = "/var/lib/portico-app";
const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
const hostile = "<script>fetch('/account', { method: 'POST' })</script>";

const settings = baselineSettings({
  app: { data: ["uploads", "pictures", "invoices"] },
  nginx: {
    media: [
      { path: "/media/", folder: "uploads" },
      { path: "/pictures/of/all/", folder: "pictures", cacheSeconds: 600 },
      { path: "/invoices/", folder: "invoices", access: "protected" },
    ],
    rateLimits: { media: { requestsPerSecond: 1, burst: 300 } },
  },
});

/** What users brought, by the path below the folders of data. */
const uploads: Record<string, string> = {
  "uploads/note.txt": "plain text",
  "uploads/page.html": hostile,
  "uploads/page.HTML": hostile,
  "uploads/page.xhtml": hostile,
  "uploads/drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg">${hostile}</svg>`,
  "uploads/picture.png": hostile,
  "uploads/script.js": "alert(1)",
  "uploads/report.pdf": "%PDF-1.7",
  "uploads/nameless": hostile,
  "uploads/deep/index.html": hostile,
  "uploads/.env": "SECRET=1",
  "uploads/.git/config": "[core]",
  "pictures/one.jpg": "a picture",
  "invoices/7.pdf": "%PDF-1.7 of one client",
  "invoices/7.html": hostile,
};
const file = (path: string, content: string): HostFile => ({
  ...{ path: `${data}/${path}`, content, mode: "0644", owner: "root", group: "root" },
  effect: "none",
});
const files = Object.entries(uploads).map(([path, content]) => file(path, content));

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "media", (base) => {
    describe.each(["behind the balancer", "on a combined host"])("%s", (kind) => {
      let running: TestSite;
      beforeAll(async () => {
        running =
          kind === "behind the balancer"
            ? await TestSite.start(base(), id, settings, files)
            : await TestSite.startCombinedHost(base(), id, settings, "10.31.64.77", files);
        for (const [place, target] of [
          ["link.txt", "/etc/passwd"],
          ["near.txt", "note.txt"],
          ["folder", "/etc"],
        ] as const)
          await running.web.run(["ln", "-s", target, `${data}/uploads/${place}`]);
        await running.web.run(["mkfifo", `${data}/uploads/pipe.txt`]);
      });
      afterAll(() => running?.stop());
      const ask = (path: string, ...words: string[]) => running.ask(`${site}${path}`, ...words);
      const told = ({ status, headers }: HttpAnswer) => ({
        status,
        type: headers["content-type"],
        as: headers["content-disposition"],
        policy: headers["content-security-policy"],
        sniffed: headers["x-content-type-options"],
      });
      const guarded = { status: 200, policy: [policy], sniffed: ["nosniff"] };

      test.each([
        ["/media/note.txt", "text/plain; charset=utf-8"],
        ["/media/picture.png", "image/png"],
        ["/pictures/of/all/one.jpg", "image/jpeg"],
      ])("%s is shown, by its name alone, and may run nothing", async (path, type) => {
        expect(told(await ask(path))).toEqual({ ...guarded, type: [type], as: undefined });
      });

      test.each([
        ["/media/page.html", "application/octet-stream"],
        ["/media/page.HTML", "application/octet-stream"],
        ["/media/page.xhtml", "application/octet-stream"],
        ["/media/script.js", "application/octet-stream"],
        ["/media/nameless", "application/octet-stream"],
        ["/media/deep/index.html", "application/octet-stream"],
        ["/media/drawing.svg", "image/svg+xml"],
        ["/media/report.pdf", "application/pdf"],
      ])("%s is saved to a file, and is no page of the site", async (path, type) => {
        expect(told(await ask(path))).toEqual({ ...guarded, type: [type], as: ["attachment"] });
      });

      test.each([
        ["a dot file", "/media/.env", 404],
        ["a file in a dot folder", "/media/.git/config", 404],
        ["a dot file in another spelling", "/media/%2eenv", 404],
        ["a folder", "/media/", 404],
        ["a folder with an index", "/media/deep/", 404],
        ["what is not there", "/media/none.txt", 404],
        ["a way out", "/media/../../../../etc/passwd", 400],
        ["a way out in another spelling", "/media/%2e%2e/%2e%2e/etc/passwd", 400],
        ["a way out at the end of the path", "/media../uploads/note.txt", 404],
        ["a link out of the folder", "/media/link.txt", 403],
        ["a link within it", "/media/near.txt", 403],
        ["a file behind a link", "/media/folder/passwd", 404],
      ])("%s is refused", async (_, path, status) => {
        const answer = await ask(path, "--path-as-is");
        expect({ status: answer.status, leaked: /root:|SECRET|\[core]|script>fetch/.test(answer.body) }).toEqual({
          status,
          leaked: false,
        });
      });

      test("a pipe keeps nobody waiting", async () => {
        expect([403, 404]).toContain((await ask("/media/pipe.txt")).status);
      });

      test("nothing is written by a request", async () => {
        for (const method of ["PUT", "DELETE", "POST"])
          expect((await ask("/media/note.txt", "--request", method, "--data", "x")).status).toBe(405);
        expect((await ask("/media/note.txt")).body).toBe("plain text");
      });

      test("a browser asks again with what it has, for a part, and for the rest", async () => {
        const whole = await ask("/media/note.txt");
        expect(whole.headers["cache-control"]).toEqual(["no-cache"]);
        const again = await ask("/media/note.txt", "--header", `If-None-Match: ${whole.headers["etag"]![0]}`);
        // What a 304 brings takes the place of what the browser has.
        expect(told(again)).toMatchObject({ status: 304, as: undefined, policy: [policy] });
        const page = await ask("/media/page.html");
        const pageAgain = await ask("/media/page.html", "--header", `If-None-Match: ${page.headers["etag"]![0]}`);
        expect(told(pageAgain)).toMatchObject({ status: 304, policy: [policy] });
        const part = await ask("/media/note.txt", "--header", "Range: bytes=6-9");
        expect(part).toMatchObject({ status: 206, body: "text", headers: { "content-range": ["bytes 6-9/10"] } });
        expect(told(part).policy).toEqual([policy]);
        const beyond = await ask("/pictures/of/all/one.jpg", "--header", "Range: bytes=900-");
        expect(beyond).toMatchObject({ status: 416, headers: { "cache-control": ["no-cache"] } });
      });

      test("is kept for as long as the setting says", async () => {
        expect((await ask("/pictures/of/all/one.jpg")).headers["cache-control"]).toEqual(["public, max-age=600"]);
      });

      test("what is protected goes to whom the application sends it, and acts as no page whatever it calls it", async () => {
        expect((await ask("/invoices/7.pdf")).status).toBe(404);
        const answer = await ask("/download?file=/invoices/7.pdf");
        expect(told(answer)).toEqual({ ...guarded, type: ["text/html; charset=utf-8"], as: ["attachment"] });
        expect(answer).toMatchObject({
          body: uploads["invoices/7.pdf"],
          headers: { "cache-control": ["private, no-cache"] },
        });
        expect(told(await ask("/download?file=/invoices/7.html")).policy).toEqual([policy]);
        expect((await ask("/download?file=/invoices/none.pdf")).status).toBe(404);
        expect((await ask("/download?file=/invoices/../uploads/.env")).body).not.toContain("SECRET");
      });

      test("pages of the application keep the policy of pages", async () => {
        expect(told(await ask("/")).policy).toEqual([expect.stringContaining("script-src 'self'")]);
        expect(told(await ask("/")).as).toBeUndefined();
      });
    });

    test("has a limit of one client of its own", async () => {
      const running = await TestSite.start(
        base(),
        id,
        baselineSettings({
          app: { data: ["uploads"] },
          nginx: {
            media: [{ path: "/media/", folder: "uploads" }],
            rateLimits: { general: { requestsPerSecond: 1, burst: 0 }, media: { requestsPerSecond: 1, burst: 4 } },
          },
        }),
        files,
      );
      try {
        const url = (path: string) => [`${site}${path}`];
        const answers = await running.askTogether(Array.from({ length: 12 }, () => url("/media/note.txt")));
        const good = answers.filter(({ status }) => status === 200).length;
        expect(good).toBeGreaterThanOrEqual(5);
        expect(good).toBeLessThan(12);
        expect(answers.filter(({ status }) => status === 429)).toHaveLength(12 - good);
        // The application's own limit had none of them.
        expect((await running.ask(`${site}/`)).status).toBe(200);
      } finally {
        await running.stop();
      }
    });
  });
});
