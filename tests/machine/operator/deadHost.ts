import type { HostsStack } from "../../support/hostsStack";
import { changeApp, expectDone, releases, statusOf, unplug } from "./support";

/**
 * An operator is promised an answer in 15 s, of which 10 are for the connection (tests/unit/ssh.test.ts). The rest is this computer's,
 * which others may use as well; with no such limit it is minutes.
 */
const limitSeconds = 60;

export function describeDeadHost(stack: HostsStack): void {
  describe("a host that is gone", () => {
    let plugIn: () => void;
    beforeAll(() => void (plugIn = unplug(stack, "south")));
    afterAll(() => plugIn());

    it("stops an update within seconds, which says who it is and what to do", async () => {
      changeApp(stack, "while one is gone");
      const { code, output, seconds } = await stack.up();
      expect(code).toBe(1);
      expect(output).toMatch(/south does not answer \(.*\); nothing was changed/);
      for (const way of [
        "repair south and run bin/up given again",
        "bin/up given --without south",
        "out of hosts.machines",
      ])
        expect(output).toContain(way);
      expect(output).not.toContain("Updating");
      expect(seconds).toBeLessThan(limitSeconds);
    });

    it("leaves the history of the others to be read", async () => {
      const { code, output } = await stack.history();
      expect(code).toBe(3);
      expect(output).toMatch(/south does not answer/);
      expect(output).toMatch(/north +activate/);
    });

    it("is left out of a release that the others get", async () => {
      const before = releases(stack);
      const { output } = expectDone(await stack.run("up", "--without", "south"));
      expect(output).toContain("south was left out; bin/up given brings it up to date");
      const after = releases(stack);
      expect([after[0] === before[0], after[1] === before[1]]).toEqual([false, true]);
    });

    it("is not needed for a rollback, which says that it was not reached", async () => {
      const before = releases(stack);
      const { code, output } = await stack.rollback();
      expect({ code, output }).toMatchObject({
        code: 3,
        output: expect.stringContaining("not reached: south") as string,
      });
      const after = releases(stack);
      expect([after[0] === before[0], after[1] === before[1]]).toEqual([false, true]);
    });

    it.each([
      [["--without", "west"], "--without: got west; allowed: application hosts of the stack: north, south"],
      [["--without", "edge"], "--without: got edge, which is the balancer"],
      [["--without", "north", "--without", "south"], "no host that answers is left"],
    ])("is no reason for %j", async (words, message) => {
      const { code, output } = await stack.run("up", ...words);
      expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(message) as string });
    });

    it("is brought up to date by the next full update once it is back", async () => {
      plugIn();
      expectDone(await stack.up());
      const after = releases(stack);
      expect(after).toEqual([after[0], after[0]]);
      expect(statusOf(stack, "south").lease).toBeNull();
      expect((await stack.run("up")).output).toMatch(/unchanged/);
    });
  });
}
