import { group, type Probe } from "../probe";

/** Figures that would look right and be wrong. */
export const bench: readonly Probe[] = group({ jest: ["unit/bench/load.test.ts", "unit/bench/statistics.test.ts"] }, [
  {
    name: "a run of refused requests counts as one",
    file: "h2load.ts",
    find: " || others.some((count) => count > 0)",
    replace: "",
  },
  {
    name: "a percentile one rank too high",
    file: "statistics.ts",
    find: "(percent * sorted.length) / 100 - 1e-6",
    replace: "(percent / 100) * sorted.length",
  },
]);
