import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const url = (path: string) => `https://portico.internal${path}`;
const takesGzip = ["--header", "Accept-Encoding: gzip"];
const long = ["--header", `X-Long: ${"word ".repeat(400)}`];

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "compression of pages", (base) => {
    let running: TestSite;
    const start = async (compressPages: boolean) => {
      running = await TestSite.start(base(), id, baselineSettings({ nginx: { compressPages } }));
    };
    const encodingOf = async (path: string, ...words: string[]) =>
      (await running.ask(url(path), ...words)).headers["content-encoding"];

    afterEach(() => running?.stop());

    test("is off, as a page's length can tell a secret", async () => {
      await start(false);
      expect(await encodingOf("/echo", ...takesGzip, ...long)).toBeUndefined();
    });

    test("by setting: what is long enough, for who takes it, and no stream", async () => {
      await start(true);
      const { headers } = await running.ask(url("/echo"), ...takesGzip, ...long);
      expect(headers).toMatchObject({ "content-encoding": ["gzip"], vary: ["Accept-Encoding"] });
      const { body } = await running.ask(url("/echo"), "--compressed", ...long);
      expect(JSON.parse(body)).toMatchObject({ "x-long": expect.stringContaining("word word") });
      expect(await encodingOf("/echo", ...long)).toBeUndefined();
      expect(await encodingOf("/healthz", ...takesGzip)).toBeUndefined();
      expect(await encodingOf("/events", ...takesGzip)).toBeUndefined();
    });
  });
});
