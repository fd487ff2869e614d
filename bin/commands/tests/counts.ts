/** What a test runner says it did. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Reads the counts from what a runner printed; a runner that says nothing of tests has failed. */
export const readCounts: Record<"jest" | "unittest" | "go" | "check", (output: string, code: number) => Counts> = {
  jest(output, code) {
    const line = /^Tests:\s+(.*)$/m.exec(output)?.[1] ?? "";
    const count = (word: string) => numberBefore(word, line);
    return atLeastOneFailure(
      { passed: count("passed"), failed: count("failed"), skipped: count("skipped") + count("todo") },
      code,
    );
  },
  unittest(output, code) {
    const ran = Number(/^Ran (\d+) tests? in/m.exec(output)?.[1] ?? 0);
    const line = /^(?:OK|FAILED) \((.*)\)$/m.exec(output)?.[1] ?? "";
    const count = (word: string) => Number(new RegExp(`\\b${word}=(\\d+)`).exec(line)?.[1] ?? 0);
    const failed = count("failures") + count("errors");
    const skipped = count("skipped");
    return atLeastOneFailure({ passed: Math.max(0, ran - failed - skipped), failed, skipped }, code);
  },
  go(output, code) {
    const ended = output.split("\n").filter((line) => line.startsWith("{") && line.includes('"Test":'));
    const count = (action: string) => ended.filter((line) => line.includes(`"Action":"${action}"`)).length;
    return atLeastOneFailure({ passed: count("pass"), failed: count("fail"), skipped: count("skip") }, code);
  },
  check(_output, code) {
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  },
};

/** What a runner named as skipped (tests/support/skippedReporter.js); `unnamed` where it gives a number alone. */
export function readSkipped(output: string, unnamed: string): string[] {
  const named = [...output.matchAll(/^skipped: (.+)$/gm)].map(([, what]) => what!);
  return named.length > 0 ? named : [unnamed];
}

/** Lines of one failure that are shown again; more of it stands above, where it happened. */
const evidenceLines = 60;

/** The failures that a runner reported, each with its evidence, so that they can be shown again where a long run ends. */
export const readFailures: Record<keyof typeof readCounts, (output: string) => string[]> = {
  jest: (output) => {
    const blocks = blocksOf(
      output,
      /^ {2}● (?!Console)/,
      /^( {2}● |PASS |FAIL |Summary of all failing tests|Test Suites: |Snapshot Summary)/,
    );
    // Beyond twenty files jest prints each failure twice.
    return [...new Map(blocks.map((block) => [block.split("\n")[0], block])).values()];
  },
  unittest: (output) => blocksOf(output, /^(FAIL|ERROR): /, /^(=+|-{70,})$/, true),
  go: (output) =>
    output
      .split("\n")
      .filter((line) => line.startsWith("{") && line.includes('"Action":"fail"') && line.includes('"Test":')),
  check: (output) => (output.trim() === "" ? [] : [shorten(output.trim().split("\n"))]),
};

/** A failure in one line, for the last lines of a long run. */
export function titleOf(failure: string): string {
  return failure
    .split("\n")[0]!
    .replace(/^\s*●\s*/, "")
    .slice(0, 200);
}

/** Each block from a line like `start` to the line before one like `end`; `ruled` when a line of the kind that ends it also stands right below its first. */
function blocksOf(output: string, start: RegExp, end: RegExp, ruled = false): string[] {
  const lines = output.split("\n");
  return lines.flatMap((line, index) => {
    if (!start.test(line)) return [];
    const from = index + (ruled ? 2 : 1);
    const length = lines.slice(from).findIndex((next) => end.test(next));
    return [shorten(lines.slice(index, length === -1 ? lines.length : from + length))];
  });
}

function shorten(lines: readonly string[]): string {
  const text = lines.join("\n").trimEnd().split("\n");
  return text.length <= evidenceLines
    ? text.join("\n")
    : [...text.slice(0, evidenceLines), `  (${text.length - evidenceLines} more lines above, where it failed)`].join(
        "\n",
      );
}

function numberBefore(word: string, line: string): number {
  return Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
}

function atLeastOneFailure(counts: Counts, code: number): Counts {
  const ranNothing = counts.passed + counts.failed === 0;
  return counts.failed === 0 && (code !== 0 || ranNothing) ? { ...counts, failed: 1 } : counts;
}
