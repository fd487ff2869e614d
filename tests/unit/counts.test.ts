import { readCounts, readFailures, readSkipped, titleOf } from "../../bin/commands/tests/counts";

describe("readCounts", () => {
  it("reads jest's, unittest's and go's closing lines", () => {
    expect(readCounts.jest("Tests:       1 failed, 2 skipped, 7 passed, 10 total\n", 1)).toEqual({
      passed: 7,
      failed: 1,
      skipped: 2,
    });
    expect(readCounts.unittest("Ran 12 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n", 1)).toEqual({
      passed: 9,
      failed: 3,
      skipped: 0,
    });
    const go =
      '{"Action":"pass","Package":"p","Test":"TestA"}\n{"Action":"fail","Package":"p","Test":"TestB"}\n{"Action":"skip","Package":"p","Test":"TestC"}\n{"Action":"pass","Package":"p"}\n';
    expect(readCounts.go(go, 1)).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  it("counts as skipped what was skipped, and not as passed", () => {
    expect(readCounts.unittest("Ran 12 tests in 0.1s\n\nOK (skipped=7)\n", 0)).toEqual({
      passed: 5,
      failed: 0,
      skipped: 7,
    });
    expect(readCounts.unittest("Ran 12 tests in 0.1s\n\nFAILED (errors=1, skipped=7)\n", 1)).toEqual({
      passed: 4,
      failed: 1,
      skipped: 7,
    });
  });

  it("counts a runner that ran nothing, or that failed without saying so, as one failure", () => {
    expect(readCounts.jest("", 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(readCounts.unittest("Ran 0 tests in 0.0s\n", 5)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(readCounts.unittest("Ran 3 tests in 0.0s\n\nOK\n", 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(readCounts.check("", 0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(readCounts.check("", 2)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("readFailures", () => {
  it("gives each failure of jest once, with its evidence, and nothing that passed or was only printed", () => {
    const output = `PASS tests/a.test.ts
FAIL tests/b.test.ts
  ● Console

    console.log
      hello

  ● things › are equal

    Expected: 1
    Received: 2

  ● things › are there

    Received: undefined

PASS tests/c.test.ts

Summary of all failing tests
FAIL tests/b.test.ts
  ● things › are equal

    Expected: 1
    Received: 2

Test Suites: 1 failed, 2 passed, 3 total
`;
    expect(readFailures.jest(output)).toEqual([
      "  ● things › are equal\n\n    Expected: 1\n    Received: 2",
      "  ● things › are there\n\n    Received: undefined",
    ]);
  });

  it("gives each failure of unittest and of go, and all that a check said", () => {
    const rule = "=".repeat(70);
    const thin = "-".repeat(70);
    const output = `.F\n${rule}\nFAIL: test_a (t.A.test_a)\n${thin}\nTraceback (most recent call last):\nAssertionError: 1 != 2\n\n${thin}\nRan 2 tests in 0.1s\n\nFAILED (failures=1)\n`;
    expect(readFailures.unittest(output)).toEqual([
      `FAIL: test_a (t.A.test_a)\n${thin}\nTraceback (most recent call last):\nAssertionError: 1 != 2`,
    ]);
    expect(
      readFailures.go(
        '{"Action":"fail","Package":"p","Test":"TestB"}\n{"Action":"pass","Package":"p","Test":"TestA"}\n{"Action":"fail","Package":"p"}\n',
      ),
    ).toEqual(['{"Action":"fail","Package":"p","Test":"TestB"}']);
    expect(readFailures.check("index.ts(3,1): error\n")).toEqual(["index.ts(3,1): error"]);
    expect(readFailures.check("")).toEqual([]);
  });

  it("shortens long evidence and says so", () => {
    const [block] = readFailures.jest(
      `  ● long\n${Array.from({ length: 200 }, (_, line) => `    line ${line}\n`).join("")}`,
    );
    expect(block!.split("\n")).toHaveLength(61);
    expect(block).toContain("(141 more lines above, where it failed)");
  });
});

test("a failure has a title of one line", () => {
  expect(titleOf("  ● things › are equal\n\n    Expected: 1")).toBe("things › are equal");
  expect(titleOf("FAIL: test_a (t.A.test_a)\nTraceback")).toBe("FAIL: test_a (t.A.test_a)");
  expect(titleOf("x".repeat(300))).toHaveLength(200);
});

test("what was skipped is named where the runner names it", () => {
  expect(readSkipped("skipped: units on ubuntu-24.04: NOT TESTED (42)\nTests: 42 skipped\n", "42 tests")).toEqual([
    "units on ubuntu-24.04: NOT TESTED (42)",
  ]);
  expect(readSkipped("OK (skipped=7)\n", "7 tests")).toEqual(["7 tests"]);
});
