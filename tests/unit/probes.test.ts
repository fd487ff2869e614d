import { refuseUnreadable, resolve, type Resolved } from "../probes/checkout";
import { probes } from "../probes/list";
import { commandsFor } from "../probes/processes";
import type { Probe } from "../probes/probe";

const files = [
  "tests/unit/rollout.test.ts",
  "tests/graph/rollout.test.ts",
  "hostProgram/tests/test_lock.py",
  "localMachines/tests/test_disk.py",
];
const probe = (more: Partial<Probe> = {}): Probe => ({
  name: "a fault",
  file: "rollout.test.ts",
  find: 'describe("planBatches"',
  replace: 'describe("plans"',
  jest: ["unit/rollout.test.ts"],
  ...more,
});

describe("a probe", () => {
  it("finds its file and its tests by the ends of their paths, of several the one that has the text", () => {
    const found = resolve(probe({ python: ["test_lock", "test_disk"] }), files);
    expect(found).toMatchObject({ path: "tests/unit/rollout.test.ts", jestFiles: ["tests/unit/rollout.test.ts"] });
    expect(found.modules).toEqual([
      { folder: "hostProgram/tests", module: "test_lock" },
      { folder: ".", module: "localMachines.tests.test_disk" },
    ]);
    expect(found.faulty).toBe(found.original.replace('planBatches"', 'plans"'));
  });

  it.each<[string, Partial<Probe>, RegExp]>([
    [
      "a text that is not there any more",
      { file: "unit/rollout.test.ts", find: "planBranches" },
      /^probe a fault: find: got 0 times in tests\/unit\/rollout\.test\.ts; allowed: 1/,
    ],
    [
      "a text that is there more often",
      { file: "unit/rollout.test.ts", find: "expect" },
      /got \d+ times in tests\/unit\/rollout\.test\.ts; allowed: 1/,
    ],
    ["a file that is gone", { file: "gone.ts" }, /gone\.ts: got no such file/],
    [
      "a file that may be several",
      { find: "expect" },
      /got tests\/unit\/rollout\.test\.ts, tests\/graph\/rollout\.test\.ts/,
    ],
    ["a test that is gone", { jest: ["gone.test.ts"] }, /gone\.test\.ts: got no such file/],
    ["no test at all", { jest: [] }, /tests: got none/],
  ])("is refused with %s", (_what, more, message) => expect(() => resolve(probe(more), files)).toThrow(message));

  it("is refused when what it makes is no program, which every test would notice", () => {
    const unreadable =
      (path: string, faulty: string, original = "") =>
      () =>
        refuseUnreadable([{ ...probe(), path, original, faulty } as Resolved]);
    expect(unreadable("a.ts", "const x = ;")).toThrow(
      /probe a fault: got text that is no program: Expression expected/,
    );
    expect(unreadable("a.py", "def f(:\n")).toThrow(/no program: .*invalid syntax/);
    expect(unreadable("a.ts", "const x: number = 'no number';")).not.toThrow();
    expect(unreadable("a.conf", "anything }")).not.toThrow();
    expect(unreadable("a.ts", "export const x = Math.max(former, 1);", "export const x = Math.min(1, 2);")).toThrow(
      /probe a fault: got text that is no program: Cannot find name 'former'/,
    );
    expect(unreadable("a.ts", "export const x = Math.max(1);", "export const x = Math.min(1);")).not.toThrow();
    expect(unreadable("a.py", "x = former + 1", "x = 1")).toThrow(/no program: name 'former' is not defined/);
    expect(unreadable("a.py", "import os\nx = len(os.sep)", "import os\nx = 1")).not.toThrow();
  });
});

it("the tests of several probes are started once for each runner and folder", () => {
  const each = { jestFiles: ["tests/unit/a.test.ts"], modules: [{ folder: "hostProgram/tests", module: "test_a" }] };
  const commands = commandsFor([each, each, { jestFiles: ["tests/unit/b.test.ts"], modules: [] }]);
  expect(
    commands.map(({ folder, words }) => [folder, words.filter((word) => /unittest|test_|\.test\.ts$/.test(word))]),
  ).toEqual([
    ["hostProgram/tests", ["unittest", "test_a"]],
    [".", ["tests/unit/a.test.ts", "tests/unit/b.test.ts"]],
  ]);
});

describe("the list", () => {
  it("has a name for each probe, and enough of them", () => {
    expect(new Set(probes.map(({ name }) => name)).size).toBe(probes.length);
    expect(probes.length).toBeGreaterThanOrEqual(150);
  });

  it("lets few survive, each for a reason that is said", () => {
    const survivors = probes.filter(({ survives }) => survives !== undefined);
    expect(survivors.length).toBeLessThanOrEqual(0.03 * probes.length);
    for (const { survives } of survivors) expect(survives!.length).toBeGreaterThan(40);
  });

  it("changes something in each", () => {
    expect(probes.filter(({ find, replace }) => find === replace)).toEqual([]);
  });
});
