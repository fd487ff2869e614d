import { makePage } from "../../../bench/report/page";
import type { Figure, Results } from "../../../bench/report/results";
import { barPlot } from "../../../bench/report/svg";
import { figureText, formatNumber, reaches, rowsOf } from "../../../bench/report/table";

const throughput: Figure = {
  id: "throughput throughput / HTTP/1.1",
  measure: "throughput",
  title: "throughput, / HTTP/1.1",
  unit: "requests/s",
  better: "more",
  goals: [{ peer: "stock", ratio: 1.5 }],
  series: {
    portico: [
      { value: 900 },
      { value: 1600, noisy: "others used 30 % of the processors before the run" },
      { value: 1700 },
    ],
    stock: [{ value: 1000 }, { value: 1000 }, { value: 1000 }],
  },
};
const noChange: Figure = {
  id: "nochange command",
  measure: "nochange",
  title: "nothing changed, whole command",
  unit: "s",
  better: "less",
  reference: "floor",
  goals: [{ peer: "floor", plus: 1 }],
  series: { floor: [{ value: 1 }], portico: [{ value: 1.9 }], ansible: [{ value: 20 }] },
};

test("each peer has its spread, its ratio to the goal's peer, the verdict for ours, and its noisy runs", () => {
  expect(rowsOf(throughput)).toEqual([
    {
      peer: "portico",
      spread: "1,600 (900 to 1,700)",
      ratio: "1.6 (0.9 to 1.7) of stock, goal 1.5: reached",
      noisy: "1 of 3 noisy",
    },
    { peer: "stock", spread: "1,000 (1,000 to 1,000)", ratio: "", noisy: "" },
  ]);
});

test("a goal may be a difference, and others than ours get no verdict", () => {
  expect(rowsOf(noChange).map(({ ratio }) => ratio)).toEqual([
    "",
    "1.9 (1.9 to 1.9) of floor, goal floor + 1 s: reached",
    "20 (20 to 20) of floor",
  ]);
});

test.each([
  ["more", { ratio: 1.2 }, 1.2, true],
  ["more", { ratio: 1.2 }, 1.19, false],
  ["less", { ratio: 0.8 }, 0.8, true],
  ["less", { ratio: 0.8 }, 0.81, false],
] as const)("%s is better, goal %j: a ratio of %d reaches it: %s", (better, goal, ratio, verdict) => {
  expect(reaches({ better }, { peer: "stock", ...goal }, 0, ratio)).toBe(verdict);
});

test.each([
  [999, true],
  [1000, true],
  [1001, false],
])("a goal may be a number of its own: %d kB of at most 1,000", (value, verdict) => {
  const bytes: Figure = { ...noChange, unit: "kB", goals: [{ most: 1000 }], series: { portico: [{ value }] } };
  expect(rowsOf(bytes)[0]!.ratio).toBe(`goal at most 1,000 kB: ${verdict ? "reached" : "missed"}`);
});

test("numbers have the digits that a reader can use", () => {
  expect([0, 0.01234, 1.005, 99.96, 123.4, 2824.2].map(formatNumber)).toEqual([
    "0",
    "0.0123",
    "1",
    "100",
    "123",
    "2,824",
  ]);
});

test("a figure for the terminal has a line for each peer", () => {
  expect(
    figureText(throughput)
      .split("\n")
      .filter((line) => /^ {2}\w/.test(line)),
  ).toHaveLength(2);
});

test("a plot is well formed, as long as the largest run, and says nothing that a label could break", () => {
  const spread = { min: 10, median: 50, max: 100 };
  const bars = [{ label: 'a<b & "c"', series: "portico", spread, noisy: true }];
  const svg = barPlot("Title", "ms", [{ label: "group", bars }], ["portico"]);
  expect(svg).toContain("a&#60;b &#38; &#34;c&#34;");
  expect(svg).toMatch(/<rect x="130" y="52" width="240" height="12" fill="#0072b2" class="noisy"\/>/);
  expect(svg).toContain('<line class="span" x1="178" x2="610" y1="58" y2="58"/>');
  expect(svg).toContain("50 noisy");
  expect(svg.match(/<(text|svg|title|style)\b/g)!.length).toBe(svg.match(/<\/(text|svg|title|style)>/g)!.length);
});

describe("the page", () => {
  const results: Results = {
    started: "2026-11-27T22:08:00.000Z",
    command: "npm run bench --",
    computer: { processor: "AMD EPYC", processors: 2, kernel: "6.18", memoryGigabytes: 24 },
    loadBefore: 0.12,
    peers: { portico: "ours", stock: "theirs" },
    figures: [throughput, noChange],
  };
  const page = makePage(results);

  test("names computer, load, command and peers", () => {
    for (const fact of ["AMD EPYC", "Linux 6.18", "0.12", "`npm run bench --`", "| stock | theirs |", "2026-11-27"])
      expect(page.markdown).toContain(fact);
  });

  test("has a section, a plot and tables for what was measured, and none for what was not", () => {
    expect(Object.keys(page.plots)).toEqual(["throughput.svg", "no-change.svg"]);
    expect(page.markdown.match(/^!\[.*\]\((.*)\)$/gm)).toHaveLength(2);
    expect(page.markdown).toContain(
      "| portico | 1,600 (900 to 1,700) | 1.6 (0.9 to 1.7) of stock, goal 1.5: reached | 1 of 3 noisy |",
    );
    expect(page.markdown).not.toContain("## Memory");
  });
});
