import { readdirSync, readFileSync } from "node:fs";
import { sampled } from "../../support/sample";
import type { TestStack } from "../../support/testStack";
import { releaseOf, releasesServed } from "./releases";

/** Engines that work on this stack: their own or inherited environment names its backend. */
function enginesOf(stack: TestStack): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/comm`, "utf8") === "pulumi\n" &&
          readFileSync(`/proc/${pid}/environ`, "utf8").includes(stack.stateFolder)
        );
      } catch {
        return false;
      }
    });
}

const moments: readonly [moment: string, sign: RegExp, how: "SIGINT" | "SIGKILL"][] = [
  ["while the copy is sent", /web-1-(bundle|release)/, "SIGKILL"],
  ["while a host stages", /stage: unpacking/, "SIGKILL"],
  ["while a host rehearses", /stage: (starting|checking the rehearsal)/, "SIGINT"],
  ["while the first host switches", /web-1-activate.*activate: /, "SIGKILL"],
  ["while the second host switches", /web-2-activate.*activate: /, "SIGINT"],
];

const usual = ["while the first host switches"];

export function describeInterruptions(stack: TestStack): void {
  describe("an interrupted up", () => {
    it.each(sampled(moments, ([moment]) => usual.includes(moment)))(
      "%s ends well at the next one, without a manual step",
      async (moment, sign, how) => {
        stack.appendToApp("portico_sample/__init__.py", `\nINTERRUPTED = "${moment}"\n`);
        let done = false;
        const interrupted = await stack.up({
          onOutput: (output, interrupt) => {
            if (done || !sign.test(output)) return;
            done = true;
            if (how === "SIGINT") interrupt("SIGINT");
            else enginesOf(stack).forEach((pid) => process.kill(pid, "SIGKILL"));
          },
        });
        expect(done).toBe(true);
        expect(interrupted.code).not.toBe(0);
        const { code, output } = await stack.up();
        expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
        const release = await releaseOf(stack);
        expect(await releasesServed(stack)).toEqual(new Set([`web-1 ${release}`, `web-2 ${release}`]));
      },
    );
  });
}
