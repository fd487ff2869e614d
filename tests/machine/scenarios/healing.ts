import { rmSync } from "node:fs";
import path from "node:path";
import { run } from "../../support/run";
import { sampled } from "../../support/sample";
import type { TestStack } from "../../support/testStack";
import { releaseOf, releasesServed } from "./releases";

function startsOf(stack: TestStack, machine: string): string {
  return stack.onHost(
    machine,
    "systemctl show --property=Id,ActiveEnterTimestampMonotonic,MainPID portico-nginx.service 'portico-app@*.service'",
  );
}

async function endMachine(stack: TestStack, machine: string): Promise<void> {
  const pid = stack.machineProcess(machine);
  process.kill(pid, "SIGKILL");
  await run(["tail", `--pid=${pid}`, "-f", "/dev/null"]);
}

const deaths: readonly [what: string, diskLost: boolean][] = [
  ["is back after the next up, the others untouched", false],
  ["is back also when its disk is gone", true],
];

export function describeHealing(stack: TestStack): void {
  describe("a machine that died", () => {
    it.each(sampled(deaths, ([, diskLost]) => diskLost))("%s", async (_what, diskLost) => {
      const others = () => [startsOf(stack, "web-1"), startsOf(stack, "balancer")];
      const before = others();
      await endMachine(stack, "web-2");
      if (diskLost) rmSync(path.join(stack.stateFolder, "machines", "web-2"), { recursive: true, force: true });
      const plan = await stack.pulumi(["preview", "--non-interactive"]);
      expect(plan.output).toContain("web-2-machine");
      expect(plan.output).not.toContain("web-1-machine");
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(others()).toEqual(before);
      stack.addClients();
      const release = await releaseOf(stack);
      expect(await releasesServed(stack)).toEqual(new Set([`web-1 ${release}`, `web-2 ${release}`]));
    });
  });
}
