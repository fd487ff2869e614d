import { sampled } from "../../support/sample";
import type { TestStack } from "../../support/testStack";

type Change = [group: string, values: Record<string, unknown>];

const wrong: readonly [what: string, change: Change, expected: RegExp][] = [
  [
    "an unknown key",
    ["gunicorn", { wrokers: 3 }],
    /portico:gunicorn\.wrokers: got 3; allowed: the settings workerClass/,
  ],
  [
    "text for a number",
    ["nginx", { keepaliveTimeoutSeconds: "long" }],
    /portico:nginx\.keepaliveTimeoutSeconds: got "long"; allowed: a whole number of seconds/,
  ],
  [
    "contradicting timeouts",
    ["nginx", { keepaliveTimeoutSeconds: 30 }],
    /portico:nginx\.keepaliveTimeoutSeconds: got 30; allowed: more than balancer\.idleTimeoutSeconds \(60\)/,
  ],
  [
    "another address range while machines run",
    ["local", { addressRange: "10.31.66.0/24" }],
    /portico:local\.addressRange: got \\?"10\.31\.66\.0\/24\\?"; allowed: \S+, which the stack has/,
  ],
  [
    "a missing application folder",
    ["app", { folder: "nowhere" }],
    /portico:app\.folder: got "nowhere"; allowed: a folder that exists/,
  ],
  [
    "no lock file",
    ["app", { requirements: "none.lock" }],
    /portico:app\.requirements: got "none\.lock"; allowed: a lock file with hashes/,
  ],
];

/** One that the settings alone show, one that takes the stack's state. What is refused, and in which words, is for the unit tests. */
const usual = ["contradicting timeouts", "another address range while machines run"];

export function describeRefusals(stack: TestStack): void {
  describe("wrong settings", () => {
    it.each(sampled(wrong, ([what]) => usual.includes(what)))(
      "%s: one error, nothing touched",
      async (_what, [group, values], expected) => {
        const restore = stack.set(group, values);
        const { code, output } = await stack.up();
        restore();
        expect(code).not.toBe(0);
        expect(output).toMatch(expected);
        expect(output).toContain("1 setting is wrong, nothing was changed");
        expect(output).not.toMatch(/creating|updating \(|deleting/);
      },
    );
  });
}
