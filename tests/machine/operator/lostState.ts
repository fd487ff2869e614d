import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { identify, programOf } from "../../../bin/commands/base/processes";
import { run } from "../../support/run";
import { removeWorkspace, TestStack } from "../../support/testStack";
import { expectDone } from "./support";

/** A stack of target local, whose machines are on this computer. */
export function describeLostState(): void {
  describe("a local stack whose folder is gone", () => {
    const stack = new TestStack({ local: { webMachines: 1 } });
    let machines: number[];
    beforeAll(async () => {
      await stack.create(`planted-${randomBytes(16).toString("hex")}`);
      expectDone(await stack.up());
      machines = ["web-1", "balancer"].map((machine) => stack.machineProcess(machine));
      rmSync(stack.stateFolder, { recursive: true });
      // What else is encrypted with the passphrase would be lost too.
      stack.forgetSecrets();
    });
    afterAll(() => removeWorkspace());

    it("is named by bin/down, with the command that removes its machines", async () => {
      const { code, output } = await stack.down();
      expect({ code, output }).toMatchObject({
        code: 1,
        output: expect.stringMatching(
          /balancer, web-1, portico-[0-9a-f]{7} are left of it on this computer; bin\/down test --orphans removes them/,
        ) as string,
      });
      expect(machines.filter(isRunning)).toEqual(machines);
    });

    it("is not made another state over", async () => {
      const { code, output } = await stack.up();
      expect({ code, output }).toMatchObject({
        code: 1,
        output: expect.stringContaining(
          "bring it back with bin/restore test FILE, take them over with new keys by bin/up test --adopt, or begin anew with bin/down test --orphans",
        ) as string,
      });
      expect(machines.filter(isRunning)).toEqual(machines);
    });

    it("leaves no machine, process, mount, device or address after bin/down --orphans, and nothing for a second one", async () => {
      expectDone(await stack.down("--orphans"));
      expect(machines.filter(isRunning)).toEqual([]);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(stack.folder);
      expect((await run(["ip", "-4", "address"])).stdout).not.toContain(
        new URL(stack.url).hostname.replace(/\d+$/, ""),
      );
      expect((await run(["ip", "-details", "link"])).stdout).not.toContain(path.dirname(stack.stateFolder));
      expect(expectDone(await stack.down("--orphans")).output).toContain("nothing of test is left");
      expectDone(await stack.down());
    });
  });
}

/** One that was killed and that nobody has asked for its end yet runs no more. */
function isRunning(pid: number): boolean {
  return identify(pid) !== undefined && programOf(pid) === "systemd-nspawn";
}
