import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { platformIds } from "../../lib/hosts/platforms";
import { assetFile } from "../support/assetFile";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { balancerAddress, TestSite } from "../support/testSite";

const ownPages = mkdtempSync(path.join(tmpdir(), "portico-pages-"));
writeFileSync(path.join(ownPages, "404.html"), "<p>not here</p>\n");
afterAll(() => rmSync(ownPages, { recursive: true, force: true }));

const [first, other] = ["portico.internal", "www.portico.internal"];
const settings = baselineSettings({
  site: {
    domains: [first, other],
    redirectOtherDomains: true,
    errorPages: ownPages,
    redirects: { "/former": "/echo", "/shop": "https://shop.example.org/?from=site", "/ask": "/echo?kept=no" },
  },
  app: { rootFiles: ["robots.txt", ".well-known/security.txt"] },
});
const shown = ["app.css", "robots.txt", ".well-known/security.txt"];
const hidden = [
  ".env",
  ".git/config",
  "sub/.hidden.css",
  "dump.sql",
  "dump.sql.gz",
  "Site.SQLITE3",
  "settings.py~",
  "server.key",
];
const published = [...shown, ...hidden].map((name) => assetFile(name, `content of ${name}\n`));

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "what is answered before the application", (base) => {
    let running: TestSite;
    beforeAll(async () => {
      running = await TestSite.start(base(), id, settings, published, { siteNames: [first, other, balancerAddress] });
    });
    afterAll(() => running?.stop());
    const ask = (path: string, ...words: string[]) => running.ask(`https://${first}${path}`, ...words);
    const redirect = (location: string) => ({
      status: 308,
      headers: expect.objectContaining({ location: [location] }) as unknown,
    });

    test("another name of the site leads to the same path and query of the first one, over HTTPS on its own name before", async () => {
      expect(await running.ask(`https://${other}/echo?a=b%20c`)).toMatchObject(
        redirect(`https://${first}/echo?a=b%20c`),
      );
      expect(await running.ask(`http://${other}/echo`)).toMatchObject(redirect(`https://${other}/echo`));
      expect(running.app.counts).not.toHaveProperty("/echo");
      const answer = await running.ask(`https://${other}/echo`);
      expect(answer.headers["strict-transport-security"]).toEqual(["max-age=63072000"]);
    });

    test("the first name and the address serve the site", async () => {
      expect(await ask("/healthz")).toMatchObject({ status: 200 });
      expect(await running.ask(`https://${balancerAddress}/healthz`)).toMatchObject({ status: 200 });
    });

    test("a path that leads elsewhere does so with its query, where the target has none, and nothing below it does", async () => {
      expect(await ask("/former?a=b")).toMatchObject(redirect(`https://${first}/echo?a=b`));
      expect(await ask("/former")).toMatchObject(redirect(`https://${first}/echo`));
      expect(await ask("/former", "--data", "x=y")).toMatchObject(redirect(`https://${first}/echo`));
      expect(await ask("/shop?a=b")).toMatchObject(redirect("https://shop.example.org/?from=site"));
      expect(await ask("/ask?a=b")).toMatchObject(redirect(`https://${first}/echo?kept=no`));
      expect(await running.ask(`https://${balancerAddress}/former`)).toMatchObject(
        redirect(`https://${balancerAddress}/echo`),
      );
      expect((await ask("/former/below")).status).toBe(404);
    });

    test("files of the root are there, revalidated each time, and nobody asks the application for them", async () => {
      for (const name of ["robots.txt", ".well-known/security.txt"]) {
        expect(await ask(`/${name}`)).toMatchObject({ status: 200, body: `content of ${name}\n` });
        expect((await ask(`/${name}`)).headers).toMatchObject({
          "cache-control": ["no-cache"],
          "content-type": ["text/plain; charset=utf-8"],
        });
        expect(running.app.counts).not.toHaveProperty(`/${name}`);
      }
      expect((await ask("/app.css")).status).toBe(404);
    });

    test("a page of one's own takes the place of that of Portico", async () => {
      expect(await ask("/static/nothing")).toMatchObject({ status: 404, body: "<p>not here</p>\n" });
    });

    test("names that begin with a dot, dumps, copies and keys are not shown", async () => {
      const status = async (name: string) => (await ask(`/static/${name}`)).status;
      for (const name of hidden) expect({ name, status: await status(name) }).toEqual({ name, status: 404 });
      for (const name of shown) expect({ name, status: await status(name) }).toEqual({ name, status: 200 });
    });
  });
});
