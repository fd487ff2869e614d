/** What a judge found: the figure of the table, and what misses the bar, as the judge said it. */
export interface Verdict {
  figure: string;
  faults: readonly string[];
}

/** What a judge said of one thing, such as a machine. */
export interface Opinion extends Verdict {
  about: string;
}

/** A finding that is accepted, with its reason. The pattern fits what a judge's reader calls a fault. */
export interface Exception {
  fault: RegExp;
  why: string;
}

/** Findings without those that are accepted. */
export function without(exceptions: readonly Exception[], faults: readonly string[]): string[] {
  return faults.filter((fault) => !exceptions.some((exception) => exception.fault.test(fault)));
}
