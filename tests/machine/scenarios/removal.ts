import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { run } from "../../support/run";
import { clients, removeWorkspace, type TestStack } from "../../support/testStack";

export function describeRemoval(stack: TestStack): void {
  describe("destroy", () => {
    it("leaves no machine, process, mount, device or address, also with one machine already dead", async () => {
      const machines = ["web-1", "web-2", "balancer"].map((machine) => stack.machineProcess(machine));
      process.kill(machines[1]!, "SIGKILL");
      const { code, output } = await stack.down();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(machinesFolder(stack)).toEqual([]);
      expect(machines.filter(isRunning)).toEqual([]);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(stack.folder);
      expect((await run(["ip", "-4", "address"])).stdout).not.toContain(clients.load.replace(/\d+$/, ""));
      expect((await run(["ip", "-4", "route"])).stdout).not.toContain(clients.load.replace(/\d+$/, ""));
      expect((await run(["ip", "-details", "link"])).stdout).not.toContain(stack.stateFolder);
    });

    it("has nothing to do when run again", async () => {
      expect(await stack.down()).toMatchObject({ code: 0 });
      await removeWorkspace();
    });
  });
}

function machinesFolder(stack: TestStack): string[] {
  try {
    return readdirSync(path.join(stack.stateFolder, "machines"));
  } catch {
    return [];
  }
}

/** One that has ended and that nobody has asked for its end yet runs no more. */
function isRunning(pid: number): boolean {
  try {
    return /^Name:\s+systemd-nspawn\nUmask.*\nState:\s+[^Z]/.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
