import { formatTable } from "../../bin/commands/base/table";
import type { Figure, Goal } from "./results";
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

/** Whether a median reaches a goal, by its ratio to the goal's peer, its difference to it, or by itself. */
export function reaches(figure: Pick<Figure, "better">, goal: Goal, value: number, ratio = 1, difference = 0): boolean {
  if (goal.most !== undefined) return value <= goal.most;
  if (goal.plus !== undefined) return difference <= goal.plus;
  return goal.ratio === undefined || (figure.better === "more" ? ratio >= goal.ratio : ratio <= goal.ratio);
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
  const wanted: Goal[] = figure.goals.length > 0 ? figure.goals : [{ peer: figure.reference ?? referencePeer }];
  return wanted
    .filter(({ peer: other }) => other !== peer && (other === undefined || figure.series[other] !== undefined))
    .map((goal) => comparison(figure, peer, values, goal))
    .join("; ");
}

function comparison(figure: Figure, peer: string, values: readonly number[], goal: Goal): string {
  const median = spreadOf(values).median;
  if (goal.peer === undefined) return verdict(figure, peer, goal, reaches(figure, goal, median));
  const others = figure.series[goal.peer]!.map(({ value }) => value);
  const ratio = ratios(values, others);
  if (ratio === undefined) return "";
  const reached = reaches(figure, goal, median, ratio.median, median - spreadOf(others).median);
  const text = `${formatSpread(ratio)} of ${goal.peer}`;
  const judged = verdict(figure, peer, goal, reached);
  return judged === "" ? text : `${text}, ${judged}`;
}

/** Goals are ours: what others reach is not judged. */
function verdict({ unit }: Figure, peer: string, { peer: other, ratio, plus, most }: Goal, reached: boolean): string {
  const wanted =
    most !== undefined
      ? `at most ${formatNumber(most)} ${unit}`
      : plus !== undefined
        ? `${other} + ${plus} ${unit}`
        : ratio;
  if (wanted === undefined || !peer.startsWith("portico")) return "";
  return `goal ${wanted}: ${reached ? "reached" : "missed"}`;
}

/** A figure for the terminal. */
export function figureText(figure: Figure): string {
  const rows = rowsOf(figure).map(({ peer, spread, ratio, noisy }) => [`  ${peer}`, spread, ratio, noisy]);
  return `${figure.title}, ${figure.unit}\n${formatTable(["", "", "", ""], rows).split("\n").slice(1).join("\n")}`;
}
