/**
 * Declares tests that need a judge from outside, which `provide` installs once. Where it cannot be had the skipped group says so,
 * and with CI=true it fails.
 */
export function describeJudged(subject: string, provide: () => unknown, tests: () => void): void {
  try {
    provide();
  } catch (error) {
    const title = `${subject}: NOT TESTED, ${(error as Error).message.split("\n")[0]}`;
    if (process.env.CI !== "true") return describe.skip(title, tests);
    return test(title, () => {
      throw error;
    });
  }
  describe(subject, tests);
}
