/** What a test runner says it did. */
export interface Counts {
  passed: number;
  failed: number;
}

/** Reads the counts from what a runner printed; a runner that says nothing of tests has failed. */
export const readCounts: Record<"jest" | "unittest" | "go" | "check", (output: string, code: number) => Counts> = {
  jest(output, code) {
    const line = /^Tests:\s+(.*)$/m.exec(output)?.[1] ?? "";
    return atLeastOneFailure({ passed: numberBefore("passed", line), failed: numberBefore("failed", line) }, code);
  },
  unittest(output, code) {
    const ran = Number(/^Ran (\d+) tests? in/m.exec(output)?.[1] ?? 0);
    const line = /^FAILED \((.*)\)$/m.exec(output)?.[1] ?? "";
    const failed = ["failures", "errors"].reduce((sum, word) => sum + Number(new RegExp(`${word}=(\\d+)`).exec(line)?.[1] ?? 0), 0);
    return atLeastOneFailure({ passed: Math.max(0, ran - failed), failed }, code);
  },
  go(output, code) {
    const ended = output.split("\n").filter((line) => line.startsWith("{") && line.includes('"Test":'));
    const count = (action: string) => ended.filter((line) => line.includes(`"Action":"${action}"`)).length;
    return atLeastOneFailure({ passed: count("pass"), failed: count("fail") }, code);
  },
  check(_output, code) {
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  },
};

function numberBefore(word: string, line: string): number {
  return Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
}

function atLeastOneFailure(counts: Counts, code: number): Counts {
  const ranNothing = counts.passed + counts.failed === 0;
  return counts.failed === 0 && (code !== 0 || ranNothing) ? { ...counts, failed: 1 } : counts;
}
