/**
 * A deliberate fault: one small change of one file, as a careful reviewer would look for it, and the tests that have to notice it.
 *
 * Files and tests are named by the end of their path, so that the list outlives a move. Of files with the same end, the one
 * that has the text is meant.
 */
export interface Probe {
  name: string;
  /** End of the path of the file, such as `durable.py` or `checks/units.py`. */
  file: string;
  /** Folder that the file is in, where end and text fit several. */
  below?: string;
  /** Exact text, which has to be in the file just once, or `count` times; all are replaced. */
  find: string;
  count?: number;
  replace: string;
  /** Ends of the paths of jest's files. */
  jest?: readonly string[];
  /** Names of unittest's modules, such as `test_durable`. */
  python?: readonly string[];
  /** Why no test is to notice it. */
  survives?: string;
}

/** Probes that have the same tests. */
export function group(
  tests: Pick<Probe, "jest" | "python">,
  probes: readonly Omit<Probe, "jest" | "python">[],
): Probe[] {
  return probes.map((probe) => ({ ...tests, ...probe }));
}
