import { parseH2load } from "../../../bench/load/h2load";
import { parseResults } from "../../../bench/load/vegeta";
import { parseWrk } from "../../../bench/load/wrk";

const report = (changes: Record<string, string> = {}) =>
  Object.entries(changes).reduce(
    (text, [from, to]) => text.replace(from, to),
    [
      "starting benchmark...",
      "Application protocol: http/1.1",
      "",
      "finished in 2.01s, 3866.50 req/s, 38.62MB/s",
      "requests: 7733 total, 7765 started, 7733 done, 7733 succeeded, 0 failed, 0 errored, 0 timeout",
      "status codes: 7733 2xx, 0 3xx, 0 4xx, 0 5xx",
      "traffic: 77.24MB (80996484) total, 1.42MB (1484736) headers, 75.52MB (79185920) data",
    ].join("\n"),
  );

describe("h2load", () => {
  test("rate and number of the answers", () => {
    expect(parseH2load(report(), "stock /")).toEqual({ done: 7733, perSecond: 3866.5 });
  });

  test.each([
    ["an answer of 429", { "0 4xx": "12 4xx" }, "12 4xx"],
    ["an answer of 502", { "0 5xx": "1 5xx" }, "1 5xx"],
    ["a redirect", { "0 3xx": "7733 3xx" }, "7733 3xx"],
    ["a failure", { "0 failed": "3 failed" }, "3 failed"],
    ["a wait without end", { "0 timeout": "1 timeout" }, "1 timeout"],
    ["no answer at all", { "7733 succeeded": "0 succeeded" }, "0 succeeded"],
  ])("%s makes the run one that says nothing", (_, changes, evidence) => {
    expect(() => parseH2load(report(changes as Record<string, string>), "stock /")).toThrow(evidence);
  });

  test("another output is shown", () => {
    expect(() => parseH2load("could not connect", "stock /")).toThrow(/stock \/: got[^]*could not connect/);
  });
});

describe("vegeta", () => {
  const line = (status: number, milliseconds: number, error = "") =>
    `1764280000000000000,${status},${milliseconds * 1_000_000},0,43,${error},,,0,GET,https://10.31.80.10/healthz,`;

  test("percentiles in milliseconds", () => {
    const csv = Array.from({ length: 1000 }, (_, index) => line(200, index + 1)).join("\n");
    expect(parseResults(`${csv}\n`)).toEqual({ requests: 1000, failed: 0, p50: 500, p99: 990, p999: 999 });
  });

  test("requests without an answer, or with another than 2xx, are counted", () => {
    const csv = [line(200, 1), line(0, 30_000, "Get: timeout"), line(503, 2), line(302, 2)].join("\n");
    expect(parseResults(csv)).toMatchObject({ requests: 4, failed: 3 });
  });

  test("other lines are refused", () => {
    expect(() => parseResults("")).toThrow("lines without a latency");
  });
});

test("wrk's rate, and nothing of a run in which something failed", () => {
  const output = "  32000 requests in 3.00s, 40MB read\nRequests/sec:  10666.67\nTransfer/sec:     13.33MB\n";
  expect(parseWrk(output, "url")).toBe(10666.67);
  expect(parseWrk(`  Socket errors: connect 0, read 3474, write 0, timeout 0\n${output}`, "url")).toBe(10666.67);
  for (const fault of ["  Non-2xx or 3xx responses: 3\n", "  Socket errors: connect 0, read 0, write 0, timeout 2\n"])
    expect(() => parseWrk(fault + output, "url")).toThrow(/^wrk url: got .+; allowed: all of them answered$/);
  expect(() => parseWrk("unable to connect", "url")).toThrow("unable to connect");
});
