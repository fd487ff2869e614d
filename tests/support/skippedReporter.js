/** Names what was skipped, a line for each group: jest tells its number alone. bin/test tells these lines again at its end. */
module.exports = class SkippedReporter {
  onRunComplete(_contexts, { testResults }) {
    // A run of a few tests by name (-t) leaves out the others, which nobody calls skipped.
    if (process.argv.some((word) => /^(-t|--testNamePattern)/.test(word))) return;
    const groups = new Map();
    for (const { testResults: tests } of testResults) {
      for (const { status, ancestorTitles, title } of tests) {
        if (status !== "pending" && status !== "todo") continue;
        const group = ancestorTitles.find((each) => each.includes("NOT TESTED")) ?? ancestorTitles[0] ?? title;
        groups.set(group, (groups.get(group) ?? 0) + 1);
      }
    }
    for (const [group, count] of [...groups].sort()) process.stderr.write(`skipped: ${group} (${count})\n`);
  }
};
