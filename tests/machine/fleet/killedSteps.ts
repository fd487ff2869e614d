import type { TestStack } from "../../support/testStack";
import { changeApp, bringUp, problemsOf, statusOf } from "./support";

const host = "web-1";

/** The input of a host's command as the engine recorded it, and the bundle that it ran. */
interface Recorded {
  bundle: string;
  stdin: string;
}

/** Runs one command of the host program on the host, to die right before the named step when there is one. */
function perform(stack: TestStack, { bundle, stdin }: Recorded, command: string, killAt = ""): { code: number; stdout: string } {
  stack.onHost(host, "mkdir -p -m 700 /run/portico-test", "");
  const script = `cat > /run/portico-test/in; cd /home/admin; set +e; PORTICO_KILL_AT=${killAt} python3 -I ${bundle} ${command} < /run/portico-test/in 2>/run/portico-test/err; echo "code $?"; rm -f /run/portico-test/in`;
  const output = stack.onHost(host, script, stdin);
  const code = Number(/code (\d+)\n$/.exec(output)?.[1]);
  return { code, stdout: output.replace(/code \d+\n$/, "") };
}

export function describeKilledSteps(stack: TestStack): void {
  describe("a host program killed right before a step", () => {
    it("is healed by the next call, for every step that it lists", async () => {
      changeApp(stack, "killed steps A");
      await bringUp(stack);
      const first = await stack.recorded(`${host}-stage`);
      changeApp(stack, "killed steps B");
      await bringUp(stack);
      const second = await stack.recorded(`${host}-stage`);
      const steps = stack.onHost(host, `cd /home/admin && python3 -I ${second.bundle} steps`).trim().split("\n");
      const tried = steps.filter((step) => /^(stage|activate):/.test(step));
      expect(tried.length).toBeGreaterThan(30);
      let turn = 0;
      for (const step of tried) {
        const recorded = turn++ % 2 === 0 ? first : second;
        const staged = perform(stack, recorded, "stage", step);
        const line = staged.code === 0 ? staged.stdout : perform(stack, recorded, "stage").stdout;
        const activated = perform(stack, { ...recorded, stdin: line }, "activate", step);
        expect({ step, killed: staged.code === 137 || activated.code === 137 || staged.code === 0 }).toEqual({ step, killed: true });
        if (activated.code !== 0) expect({ step, code: perform(stack, { ...recorded, stdin: line }, "activate").code }).toEqual({ step, code: 0 });
        const confirmed = perform(stack, { ...recorded, stdin: line }, "confirm");
        expect({ step, code: confirmed.code, problems: problemsOf(stack, host) }).toEqual({ step, code: 0, problems: [] });
        expect(statusOf(stack, host).current.revision).toBe((JSON.parse(line) as { revision: string }).revision);
      }
      changeApp(stack, "after killed steps");
      await bringUp(stack);
    });
  });
}
