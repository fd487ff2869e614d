import { lostIn } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { allOn, bringUp, changeApp, releases, underLoad, webHosts } from "./support";

function hostSeconds(stack: TestStack, host: string): number {
  const history = JSON.parse(stack.onHost(host, "portico-host history")) as { command: string; seconds: number }[];
  return history.filter(({ command }) => command === "rollback").at(-1)!.seconds;
}

export function describeRollback(stack: TestStack): void {
  describe("rollback", () => {
    let good = "";

    it("lands on the last release that nobody took back, under load", async () => {
      changeApp(stack, "A");
      await bringUp(stack);
      good = releases(stack)["web-1"]!;
      changeApp(stack, "B");
      await bringUp(stack);
      await expectBack(stack, good);
      changeApp(stack, "C");
      await bringUp(stack);
      expect(releases(stack)["web-1"]).not.toBe(good);
      const { report } = await underLoad(stack, () => expectBack(stack, good));
      expect(lostIn(report)).toEqual([]);
      const seconds = webHosts.map((host) => hostSeconds(stack, host));
      process.stdout.write(`rollback under load, seconds of host time: ${seconds.join(", ")}\n`);
    });

    it("shows truthfully in the next preview what the code would change back", async () => {
      const { code, output } = await stack.pulumi(["preview", "--non-interactive"]);
      expect(code).toBe(0);
      for (const host of webHosts) expect(output).toMatch(new RegExp(`\\+-.*${host}-activate`));
    });

    it("refuses a release that the hosts do not keep, and names those they do", async () => {
      const before = releases(stack);
      const refused = await stack.rollback("0123456789ab");
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/release: got 0123456789ab; allowed: a good release that every host keeps: /);
      expect(releases(stack)).toEqual(before);
    });

    it("is in the history with who did it, and the next up brings the code's release", async () => {
      const { code, stdout } = await stack.history();
      expect(code).toBe(0);
      expect(stdout).toMatch(/^at +host +command +release +who +commit +seconds +staging +copied +outcome +why/);
      expect(stdout).toMatch(new RegExp(`web-3 +rollback +${good}`));
      changeApp(stack, "D");
      await bringUp(stack);
      expect(releases(stack)["web-1"]).not.toBe(good);
    });
  });
}

async function expectBack(stack: TestStack, release: string): Promise<void> {
  const { code, output } = await stack.rollback();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  expect(releases(stack)).toEqual(allOn(release));
}
