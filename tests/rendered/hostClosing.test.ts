import { setTimeout as wait } from "node:timers/promises";
import { nginxDialect } from "../../lib/hostFiles/nginx/dialect";
import { platformIds, platforms } from "../../lib/hosts/platforms";
import { assetFile } from "../support/assetFile";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const flag = "/run/portico-nginx/closing";
const site = "https://portico.internal";
const asset = assetFile("app.0a1b2c3d.css", "body {}");

describe.each(platformIds.filter((id) => nginxDialect(platforms[id]).closesBeforeReload))("%s", (id) => {
  describeNginxOf(id, "a host behind the balancer of a cloud, the moment before a reload", (base) => {
    let running: TestSite;
    const ask = (path: string, ...words: string[]) =>
      running.askWeb(`${site}${path}`, running.balancer, "--http1.1", ...words);
    const connectionOf = async (path: string) => (await ask(path)).headers.connection;
    const paths = ["/echo", "/events", "/static/app.0a1b2c3d.css", "/static/none.css"];

    beforeAll(async () => {
      running = await TestSite.start(base(), id, baselineSettings(), [asset], { cloudBalancer: { hosts: 2 } });
    });
    afterAll(() => running?.stop());

    test("each answer closes its connection while it lasts, whatever it is; before it and after it none does", async () => {
      for (const path of paths) expect(await connectionOf(path)).toEqual(["keep-alive"]);
      await running.web.run(["touch", flag]);
      for (const path of paths) expect(await connectionOf(path)).toEqual(["close"]);
      await running.web.run(["rm", flag]);
      // Where static files stay open, the flag does, too (open_file_cache_valid), and Nginx counts in whole seconds.
      await wait(2100);
      for (const path of paths) expect(await connectionOf(path)).toEqual(["keep-alive"]);
    });

    describe("while it lasts", () => {
      beforeAll(() => running.web.run(["touch", flag]));
      afterAll(() => running.web.run(["rm", flag]));

      test("a static file is what it was, with all its headers", async () => {
        const closing = await ask("/static/app.0a1b2c3d.css");
        await running.web.run(["rm", flag]);
        const usual = await ask("/static/app.0a1b2c3d.css");
        await running.web.run(["touch", flag]);
        const ofOne = { connection: [], date: [], "x-request-id": [] };
        expect({ ...closing, headers: { ...closing.headers, ...ofOne } }).toEqual({
          ...usual,
          headers: { ...usual.headers, ...ofOne },
        });
        expect(closing.headers["cache-control"]).toEqual(["public, max-age=31536000, immutable"]);
      });

      test.each(["POST", "PUT", "DELETE"])("a %s arrives with its method and headers", async (method) => {
        const answer = await ask("/echo", "--request", method, "--data", "body", "--header", "X-Own: 1");
        expect(JSON.parse(answer.body)).toMatchObject({ host: "portico.internal", "x-own": "1" });
      });
    });
  });
});
