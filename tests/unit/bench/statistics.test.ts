import { percentile, ratios, spreadOf } from "../../../bench/report/statistics";

test("the middle of an odd number of runs is one of them, of an even number between two", () => {
  expect(spreadOf([9, 1, 5])).toEqual({ min: 1, median: 5, max: 9 });
  expect(spreadOf([4, 1, 2, 9])).toEqual({ min: 1, median: 3, max: 9 });
  expect(spreadOf([7])).toEqual({ min: 7, median: 7, max: 7 });
  expect(() => spreadOf([])).toThrow("runs: got none");
});

test("a percentile is a value that was measured, and so many do not exceed it", () => {
  const values = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  expect([50, 99, 99.9, 100, 0].map((percent) => percentile(values, percent))).toEqual([500, 990, 999, 1000, 1]);
  expect(percentile([3], 99.9)).toBe(3);
  expect(() => percentile([], 50)).toThrow("values: got none");
});

test("a ratio is of two runs of one round, so that what slows a round down changes none", () => {
  expect(ratios([10, 5, 20], [20, 10, 40])).toEqual({ min: 0.5, median: 0.5, max: 0.5 });
  expect(ratios([10, 30], [20])).toEqual({ min: 0.5, median: 0.5, max: 0.5 });
  expect(ratios([1], [0])).toBeUndefined();
  expect(ratios([1], [])).toBeUndefined();
});
