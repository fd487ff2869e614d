import { everything } from "../../support/sample";
import { lostIn } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { allOn, appFile, bringUp, changeApp, problemsOf, releases, statusOf, underLoad, webHosts } from "./support";

/** Lines that break the application on the second host alone, in some slots. */
function brokenOnSecond(slots: string): string {
  return `
import os, socket
if socket.gethostname() == "web-2" and os.environ["PORTICO_SLOT"] in (${slots}):
    app.view_functions["health.ready"] = lambda: ("planted fault of the second host", 503)
`;
}

export function describeFleetFailures(stack: TestStack, plantedSecret: string): void {
  describe("a release that is broken on the second host only", () => {
    it.each([
      ["in its rehearsal changes no host", '"rehearsal",', "web-2-stage"],
      ["after the switch: the hosts before it go back", '"blue", "green"', "web-2-activate"],
    ])("%s", async (_what, slots, resource) => {
      const before = releases(stack);
      const restore = stack.appendToApp(appFile, brokenOnSecond(slots));
      const { result, report } = await underLoad(stack, () => stack.up());
      restore();
      expect(result.code).not.toBe(0);
      expect(result.output).toContain(resource);
      expect(result.output).toContain("planted fault of the second host");
      expect(result.output).not.toContain(plantedSecret);
      expect(releases(stack)).toEqual(before);
      expect(webHosts.flatMap((host) => problemsOf(stack, host))).toEqual([]);
      expect(lostIn(report)).toEqual([]);
    });

    if (everything)
      it("by plain pulumi up: the hosts that switched go back when their lease ends, also with the engine gone", async () => {
        const before = releases(stack);
        const restoreBatch = stack.set("rollout", { batch: 3 });
        const restore = stack.appendToApp(appFile, brokenOnSecond('"blue", "green"'));
        const { result, report } = await underLoad(stack, async () => {
          const run = await stack.pulumi(["up", "--yes", "--skip-preview", "--non-interactive"]);
          const switched = webHosts.filter((host) => statusOf(stack, host).lease !== null);
          await untilNoLease(stack);
          return { ...run, switched };
        });
        restore();
        restoreBatch();
        expect(result.code).not.toBe(0);
        expect(result.switched.length).toBeGreaterThan(0);
        expect(releases(stack)).toEqual(before);
        expect(webHosts.flatMap((host) => problemsOf(stack, host))).toEqual([]);
        expect(lostIn(report)).toEqual([]);
      });

    it("is forgotten by the next good release", async () => {
      changeApp(stack, "after failures");
      await bringUp(stack);
      const release = releases(stack)["web-1"]!;
      expect(releases(stack)).toEqual(allOn(release));
      expect(webHosts.map((host) => statusOf(stack, host).lease)).toEqual([null, null, null]);
    });
  });
}

async function untilNoLease(stack: TestStack): Promise<void> {
  for (let waited = 0; waited < 240; waited += 2) {
    if (webHosts.every((host) => statusOf(stack, host).lease === null)) return;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  throw new Error("a lease did not end within 240 seconds");
}
