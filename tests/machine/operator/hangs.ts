import type { HostsStack } from "../../support/hostsStack";
import { lostIn, startLoad } from "../../support/strictClient";
import { expectDone, healthOf, releases, slots } from "./support";

export function describeHangs(stack: HostsStack): void {
  describe("an application that hangs", () => {
    it("is started in a fresh slot by an update that has nothing else to do, the other host untouched", async () => {
      const [before, release] = [slots(stack), releases(stack)[0]!];
      stack.machines.onMachine("north", "systemctl kill --signal=STOP 'portico-app@*.service'");
      expect(healthOf(stack, "north")).toContain('"answers":false');
      const { output } = expectDone(await stack.up());
      expect(output).toMatch(/the application on north does not answer .*starting it in a fresh slot/);
      expect(output).toContain("north serves");
      expect(healthOf(stack, "north")).toContain('"answers":true');
      const after = slots(stack);
      expect([after[0] !== before[0], after[1]]).toEqual([true, before[1]]);
      expect(releases(stack)).toEqual([release, release]);
    });

    it("is restarted by bin/restart, host after host, without a lost request", async () => {
      const [before, served] = [slots(stack), releases(stack)];
      const load = startLoad({ ...stack.target("load"), connections: 8, pauseMs: 20, maxSeconds: 600 });
      const { output } = expectDone(await stack.run("restart"));
      expect(lostIn(await load.stop())).toEqual([]);
      expect(output.indexOf("on north")).toBeLessThan(output.indexOf("on south"));
      expect(slots(stack)).toEqual(before.map((slot) => (slot === "blue" ? "green" : "blue")));
      expect(releases(stack)).toEqual(served);
      expectDone(await stack.run("restart", "--host", "south"));
      expect(slots(stack)[1]).toBe(before[1]);
    });

    it("is no matter of a host that the stack does not have", async () => {
      const before = slots(stack);
      expect(await stack.run("restart", "--host", "west")).toMatchObject({
        code: 1,
        output: expect.stringContaining("--host: got west; allowed: north, south") as string,
      });
      expect(await stack.run("restart", "--west")).toMatchObject({
        code: 2,
        output: expect.stringContaining("usage: bin/restart") as string,
      });
      expect(slots(stack)).toEqual(before);
    });
  });
}
