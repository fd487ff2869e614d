import { formatNumber } from "./table";
import type { Spread } from "./statistics";

/** A bar of a plot: its length is the median, the line across its end the span from the smallest to the largest run. */
export interface Bar {
  label: string;
  spread: Spread;
  /** Chooses the colour; the same for one peer in all plots. */
  series: string;
  noisy: boolean;
}

export interface BarGroup {
  label: string;
  bars: Bar[];
}

const width = 760;
const labelWidth = 130;
const valueWidth = 150;
const barHeight = 16;
const gap = 10;
const titleHeight = 34;
// From the palette of Okabe and Ito, which people with any kind of colour vision can tell apart, on white and on black.
const colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

/** Horizontal bars in groups, as one plain SVG without scripts or fonts of its own. */
export function barPlot(title: string, unit: string, groups: readonly BarGroup[], peers: readonly string[]): string {
  const longest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ spread }) => spread.max)));
  const scale = (value: number) => (longest === 0 ? 0 : (value / longest) * (width - labelWidth - valueWidth));
  const parts: string[] = [];
  let top = titleHeight;
  for (const { label, bars } of groups) {
    parts.push(text(0, top + barHeight - 4, label, "group"));
    top += barHeight;
    for (const bar of bars) {
      parts.push(...drawBar(bar, top, scale, colours[Math.max(0, peers.indexOf(bar.series)) % colours.length]!));
      top += barHeight;
    }
    top += gap;
  }
  const style =
    "text{font:12px system-ui,sans-serif;fill:#777}.title{font-size:14px;font-weight:600}.group{font-weight:600}" +
    ".span{stroke:#777;stroke-width:1.5}.noisy{fill-opacity:.45}";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${style}</style>`,
    text(0, 16, `${title}, ${unit}`, "title"),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function drawBar(bar: Bar, top: number, scale: (value: number) => number, colour: string): string[] {
  const { min, median, max } = bar.spread;
  const [start, middle] = [labelWidth, top + barHeight / 2];
  const kind = bar.noisy ? ' class="noisy"' : "";
  const number = `${formatNumber(median)}${bar.noisy ? " noisy" : ""}`;
  return [
    text(start - 6, top + barHeight - 4, bar.label, "peer", "end"),
    `<rect x="${start}" y="${top + 2}" width="${round(scale(median))}" height="${barHeight - 4}" fill="${colour}"${kind}/>`,
    `<line class="span" x1="${round(start + scale(min))}" x2="${round(start + scale(max))}" y1="${middle}" y2="${middle}"/>`,
    text(round(start + scale(max)) + 6, top + barHeight - 4, number, "value"),
  ];
}

function text(x: number, y: number, content: string, kind: string, anchor = "start"): string {
  return `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escape(content)}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

function escape(content: string): string {
  return content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
