import { formatTable } from "../../bin/commands/base/table";
import type { Figure } from "./results";
import { ratios, spreadOf, type Spread } from "./statistics";

export const referencePeer = "stock";

/** A number with as many digits as a reader can use. */
export function formatNumber(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return Number(value.toPrecision(3)).toString();
}

export function formatSpread({ min, median, max }: Spread): string {
  return `${formatNumber(median)} (${formatNumber(min)} to ${formatNumber(max)})`;
}

/** Whether a ratio reaches a goal. */
export function reaches(figure: Pick<Figure, "better">, ratio: number, goal: number): boolean {
  return figure.better === "more" ? ratio >= goal : ratio <= goal;
}

export interface Row {
  peer: string;
  spread: string;
  /** To each peer that the figure has a goal for, else to stock. */
  ratio: string;
  noisy: string;
}

/** The peers of a figure, each with its spread, its ratio to what it is compared with, and how many runs were noisy. */
export function rowsOf(figure: Figure): Row[] {
  return Object.entries(figure.series).map(([peer, samples]) => {
    const values = samples.map(({ value }) => value);
    const noisy = samples.filter((sample) => sample.noisy !== undefined).length;
    return {
      peer,
      spread: formatSpread(spreadOf(values)),
      ratio: ratioText(figure, peer, values),
      noisy: noisy === 0 ? "" : `${noisy} of ${samples.length} noisy`,
    };
  });
}

function ratioText(figure: Figure, peer: string, values: readonly number[]): string {
  const wanted = figure.goals.length > 0 ? figure.goals : [{ peer: referencePeer, ratio: undefined }];
  return wanted
    .filter((goal) => goal.peer !== peer && figure.series[goal.peer] !== undefined)
    .map((goal) => {
      const ratio = ratios(
        values,
        figure.series[goal.peer]!.map(({ value }) => value),
      );
      if (ratio === undefined) return "";
      const verdict =
        goal.ratio === undefined || !peer.startsWith("portico")
          ? ""
          : `, goal ${goal.ratio}: ${reaches(figure, ratio.median, goal.ratio) ? "reached" : "missed"}`;
      return `${formatSpread(ratio)} of ${goal.peer}${verdict}`;
    })
    .join("; ");
}

/** A figure for the terminal. */
export function figureText(figure: Figure): string {
  const rows = rowsOf(figure).map(({ peer, spread, ratio, noisy }) => [`  ${peer}`, spread, ratio, noisy]);
  return `${figure.title}, ${figure.unit}\n${formatTable(["", "", "", ""], rows).split("\n").slice(1).join("\n")}`;
}
