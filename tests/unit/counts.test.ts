import { readCounts } from "../../bin/commands/counts";

describe("readCounts", () => {
  it("reads jest's, unittest's and go's closing lines", () => {
    expect(readCounts.jest("Tests:       1 failed, 2 skipped, 7 passed, 10 total\n", 1)).toEqual({ passed: 7, failed: 1 });
    expect(readCounts.unittest("Ran 12 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n", 1)).toEqual({ passed: 9, failed: 3 });
    const go = '{"Action":"pass","Package":"p","Test":"TestA"}\n{"Action":"fail","Package":"p","Test":"TestB"}\n{"Action":"pass","Package":"p"}\n';
    expect(readCounts.go(go, 1)).toEqual({ passed: 1, failed: 1 });
  });

  it("counts a runner that ran nothing, or that failed without saying so, as one failure", () => {
    expect(readCounts.jest("", 0)).toEqual({ passed: 0, failed: 1 });
    expect(readCounts.unittest("Ran 0 tests in 0.0s\n", 5)).toEqual({ passed: 0, failed: 1 });
    expect(readCounts.unittest("Ran 3 tests in 0.0s\n\nOK\n", 1)).toEqual({ passed: 3, failed: 1 });
    expect(readCounts.check("", 0)).toEqual({ passed: 1, failed: 0 });
    expect(readCounts.check("", 2)).toEqual({ passed: 0, failed: 1 });
  });
});
