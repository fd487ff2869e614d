import type { Figure, Results } from "./results";
import { spreadOf } from "./statistics";
import { barPlot, type BarGroup } from "./svg";
import { rowsOf } from "./table";

/** One plot: figures of one unit that belong together. */
interface Plot {
  file: string;
  heading: string;
  title: string;
  picks: (figure: Figure) => boolean;
}

const part = (title: string) => (figure: Figure) => figure.title.startsWith(`${title}, `);
/** A figure's title without what all of its plot have in common. */
const labelOf = ({ title }: Figure) => title.split(", ").slice(1).join(", ");
const of = (measure: Figure["measure"]) => (figure: Figure) => figure.measure === measure;

const plots: Plot[] = [
  {
    file: "throughput",
    heading: "Throughput",
    title: "Requests per second",
    picks: of("throughput"),
  },
  {
    file: "processor-time",
    heading: "Processor time of a request",
    title: "Nginx of balancer and host",
    picks: part("both Nginx"),
  },
  {
    file: "application-time",
    heading: "Processor time of the application",
    title: "Gunicorn and the application",
    picks: part("application"),
  },
  {
    file: "latency",
    heading: "Latency at half of stock's capacity, and beside slow pages",
    title: "p99",
    picks: (figure) => of("latency")(figure) && part("p99")(figure),
  },
  { file: "release", heading: "Release of one line", title: "Whole command", picks: of("release") },
  { file: "bytes", heading: "Bytes of a release", title: "Sent to each host", picks: of("bytes") },
  { file: "no-change", heading: "Nothing changed", title: "Whole command", picks: of("nochange") },
  { file: "memory", heading: "Memory", title: "Sum of Pss on a host", picks: of("memory") },
  { file: "streams", heading: "Open streams", title: "Streams", picks: of("streams") },
  {
    file: "workers-throughput",
    heading: "Kinds of workers",
    title: "Requests per second",
    picks: (figure) => of("workers")(figure) && figure.better === "more",
  },
  {
    file: "workers-latency",
    heading: "Kinds of workers, beside slow pages",
    title: "p99 of a quick page",
    picks: (figure) => of("workers")(figure) && figure.better === "less",
  },
  { file: "setup", heading: "Set-up", title: "Whole command", picks: of("setup") },
];

export interface Page {
  markdown: string;
  /** By file name: an SVG. */
  plots: Record<string, string>;
}

/** The page and its plots, made of one run and of nothing else. */
export function makePage(results: Results): Page {
  const peers = [...new Set(results.figures.flatMap(({ series }) => Object.keys(series)))];
  const drawn = plots.flatMap((plot) => {
    const figures = results.figures.filter(plot.picks);
    if (figures.length === 0) return [];
    const groups = figures.map((figure) => groupOf(figure, labelOf(figure)));
    return [{ ...plot, svg: barPlot(plot.title, figures[0]!.unit, groups, peers) }];
  });
  const sections = drawn.flatMap(({ file, heading, title, picks }) => [
    `## ${heading}`,
    `![${title}](performance/${file}.svg)`,
    results.figures
      .filter((figure) => picks(figure) || (file === "latency" && figure.measure === "latency"))
      .map(table)
      .join("\n"),
  ]);
  return {
    markdown: `${[head(results), ...sections].join("\n\n")}\n`,
    plots: Object.fromEntries(drawn.map(({ file, svg }) => [`${file}.svg`, svg])),
  };
}

function groupOf(figure: Figure, label: string): BarGroup {
  const bars = Object.entries(figure.series).map(([peer, samples]) => ({
    label: peer,
    series: peer,
    spread: spreadOf(samples.map(({ value }) => value)),
    noisy: samples.filter(({ noisy }) => noisy !== undefined).length * 2 > samples.length,
  }));
  return { label, bars };
}

function head({ started, command, computer, loadBefore, peers }: Results): string {
  const { processor, processors, kernel, memoryGigabytes } = computer;
  return [
    "# Performance",
    "",
    "<!-- Written by `npm run bench -- page FILE` from the results of one run. -->",
    "",
    `Measured on ${started.slice(0, 10)} by \`${command}\` on ${processors} processors (${processor}, ${memoryGigabytes} GB, Linux ${kernel}),`,
    `which clients, balancers and hosts share; load average before: ${loadBefore.toFixed(2)}. All peers run as machines on that computer,`,
    "from one image, with the same sample application. Runs are interleaved. A figure is the median with smallest and largest run;",
    "a ratio is the median of the ratios of runs of the same round. Runs that others disturbed are marked noisy.",
    "",
    "| peer | what it is |",
    "|---|---|",
    ...Object.entries(peers).map(([name, about]) => `| ${name} | ${about} |`),
  ].join("\n");
}

function table(figure: Figure): string {
  const cells = rowsOf(figure).map(({ peer, spread, ratio, noisy }) => `| ${peer} | ${spread} | ${ratio} | ${noisy} |`);
  return [`| ${figure.title} | ${figure.unit} | ratio | runs |`, "|---|---|---|---|", ...cells, ""].join("\n");
}
