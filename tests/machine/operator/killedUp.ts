import { readdirSync, readFileSync } from "node:fs";
import type { HostsStack } from "../../support/hostsStack";
import { sampled } from "../../support/sample";
import { changeApp, expectDone, releases } from "./support";

/** Processes that work on this stack, by the name of their program. */
function processesOf(stack: HostsStack, program: RegExp): number[] {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return "";
    }
  };
  const running = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && !/^State:\s+Z/m.test(read(name, "status")),
  );
  return running
    .filter(
      (pid) =>
        program.test(read(pid, "cmdline")) &&
        (read(pid, "environ").includes(stack.stateFolder) || read(pid, "cmdline").includes("commands/up.ts\0given")),
    )
    .map(Number);
}

const moments: readonly [moment: string, sign: RegExp][] = [
  ["before anything is changed", /Updating/],
  ["while hosts stage", /stage: /],
  ["while a host switches", /activate: starting slot/],
];

const tried = sampled(moments, ([moment]) => moment === "while hosts stage");

export function describeKilledUp(stack: HostsStack): void {
  describe("a killed bin/up", () => {
    it.each(tried)("%s leaves no engine, and the next one is not locked out", async (moment, sign) => {
      changeApp(stack, `killed ${moment}`);
      let killed = 0;
      const update = await stack.up({
        onOutput: (output) => {
          if (killed > 0 || !sign.test(output)) return;
          const [command] = processesOf(stack, /bin\/commands\/up\.ts/);
          process.kill((killed = command!), "SIGKILL");
        },
      });
      expect([update.code, killed > 0]).toEqual([null, true]);
      expect(processesOf(stack, /\/pulumi\0up/)).toEqual([]);
      const before = releases(stack);
      expectDone(await stack.up());
      const after = releases(stack);
      expect(after).toEqual([after[0], after[0]]);
      expect(before).toHaveLength(2);
    });
  });
}
