import type { HostsStack } from "../../support/hostsStack";
import { sampled } from "../../support/sample";
import type { Run } from "../../support/run";
import { changeApp, expectDone, releases } from "./support";

const moments: readonly [moment: string, sign: RegExp][] = [
  ["between two batches", /edge-gate-north.*gate: checking host/],
  ["while the last host switches", /south-activate.*activate: starting slot/],
];

const tried = sampled(moments, ([moment]) => moment === "between two batches");

export function describeInterferingRollback(stack: HostsStack): void {
  describe("a rollback during an update", () => {
    let restore = () => {};
    afterEach(() => restore());

    it.each(tried)(
      "%s stays: the update ends with an error that says so, and the next one releases",
      async (moment, sign) => {
        const before = releases(stack);
        // A slot that takes its time to start: the rollback is to meet the update, not its end.
        restore = changeApp(stack, moment, "\nimport time\ntime.sleep(4)\n");
        let rollback: Promise<Run> | undefined;
        const interfere = (output: string) => {
          if (sign.test(output)) rollback ??= stack.rollback();
        };
        const update = await stack.up({ onOutput: interfere });
        expectDone(await rollback!);
        expect(update.code).not.toBe(0);
        expect(update.output).toMatch(/took this host back at|somebody took it back meanwhile/);
        expect(releases(stack)).toEqual(before);
        const plan = await stack.pulumi(["preview", "--non-interactive"]);
        expect(plan.output).toMatch(/north-activate/);
        expectDone(await stack.up());
        const after = releases(stack);
        expect(after).toEqual([after[0], after[0]]);
        expect(after[0]).not.toBe(before[0]);
      },
    );
  });
}
