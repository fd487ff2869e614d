export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** Smallest, middle and largest of some runs; the middle of an even number is the mean of both in the middle. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error("runs: got none; allowed: one or more");
  const sorted = [...values].sort((left, right) => left - right);
  const half = sorted.length / 2;
  const median = (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
  return { min: sorted[0]!, median, max: sorted.at(-1)! };
}

/** The value that `percent` of all do not exceed, by nearest rank: always one that was measured. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new Error("values: got none; allowed: one or more");
  const sorted = Float64Array.from(values).sort();
  // 99.9 % of 1000 is a little above 999 in binary fractions, which must not make it 1000.
  const rank = Math.ceil((percent * sorted.length) / 100 - 1e-6);
  return sorted[Math.max(1, rank) - 1]!;
}

/** Ratios of runs of the same round, so that what disturbed a whole round disturbs no ratio. */
export function ratios(own: readonly number[], reference: readonly number[]): Spread | undefined {
  const pairs = own.flatMap((value, round) => {
    const other = reference[round];
    return other === undefined || other === 0 ? [] : [value / other];
  });
  return pairs.length === 0 ? undefined : spreadOf(pairs);
}
