import { sampled } from "../../support/sample";
import { lostIn, startLoad } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { releaseOf, releasesServed } from "./releases";

const broken: readonly [what: string, lines: string, evidence: RegExp[]][] = [
  [
    "cannot be imported",
    "\nraise ImportError('planted fault of the import')\n",
    [/planted fault of the import/, /portico-app@rehearsal/, /exit[- ]code|status=3/i],
  ],
  [
    "answers 500 on its health path",
    "\napp.view_functions['health.live'] = lambda: ('planted fault of the health path', 500)\n",
    [/500/, /planted fault of the health path/, /\/healthz/, /portico-app@rehearsal/],
  ],
  [
    "never becomes ready",
    "\napp.view_functions['health.ready'] = lambda: ('planted wait', 503)\n",
    [/503/, /planted wait/, /\/readyz/, /portico-app@rehearsal/],
  ],
];

/** Healthy and ready, and no use to anybody: found out by the first host that asks itself as a visitor does. */
const failsVisitors = "\napp.view_functions['pages.index'] = lambda: ('planted fault of the home page', 500)\n";

export function describeBrokenReleases(stack: TestStack): void {
  describe("a broken release", () => {
    it.each(sampled(broken, ([what]) => what === "cannot be imported"))(
      "that %s fails with the evidence, and the old one serves on",
      async (_what, lines, evidence) => {
        const serving = await releaseOf(stack);
        const restore = stack.appendToApp("portico_sample/__init__.py", lines);
        const load = startLoad({ ...stack.target("load"), connections: 16, maxSeconds: 300 });
        const { code, output } = await stack.up();
        const report = await load.stop();
        restore();
        expect(code).not.toBe(0);
        for (const pattern of evidence) expect(output).toMatch(pattern);
        expect(lostIn(report)).toEqual([]);
        expect(Object.keys(report.releases)).toEqual([serving]);
      },
    );

    it("that answers visitors with 500, though it is healthy and ready, goes back from the first host and says what a visitor got", async () => {
      const serving = await releaseOf(stack);
      const restore = stack.appendToApp("portico_sample/__init__.py", failsVisitors);
      const load = startLoad({ ...stack.target("load"), connections: 16, maxSeconds: 300 });
      const { code, output } = await stack.up();
      const report = await load.stop();
      restore();
      expect(code).not.toBe(0);
      expect(output).toMatch(/a visitor's GET \/ \(Host: portico\.internal\): got 500; .*app\.homePath/);
      expect(output).not.toMatch(/web-2-activate/);
      expect(lostIn(report)).toEqual([]);
      expect(await releasesServed(stack)).toEqual(new Set([`web-1 ${serving}`, `web-2 ${serving}`]));
    });

    it("is forgotten by the next good one, without repair", async () => {
      stack.appendToApp("portico_sample/__init__.py", "\nREVISION = 3\n");
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      const release = await releaseOf(stack);
      expect(await releasesServed(stack)).toEqual(new Set([`web-1 ${release}`, `web-2 ${release}`]));
    });
  });
}
