import { observatoryScan } from "../tools/install";
import { knowing } from "../tools/names";
import type { Verdict } from "./judge";

const leastScore = 130;
export const observatoryBar = `A+, at least ${leastScore}`;

interface Report {
  error?: string;
  scan: { grade: string; score: number };
  tests: Record<string, { result: string; scoreModifier: number; pass: boolean }>;
}

/** Words that have the Observatory judge a site on ports 80 and 443 of `address`. */
export function observatoryWords(name: string, address: string, authorityFile: string): string[] {
  const command = ["env", `NODE_EXTRA_CA_CERTS=${authorityFile}`, "node", observatoryScan(), name];
  return knowing(name, address, command);
}

export function readObservatory(output: string): Verdict {
  const report = JSON.parse(output) as Report;
  if (report.error !== undefined) return { figure: "none", faults: [report.error] };
  const { grade, score } = report.scan;
  const figure = `${grade} ${score}`;
  const tests = Object.entries(report.tests).map(
    ([test, { result, scoreModifier }]) => `${test}: ${result} (${scoreModifier})`,
  );
  const passed = Object.values(report.tests).every(({ pass }) => pass);
  return { figure, faults: grade === "A+" && score >= leastScore && passed ? [] : [figure, ...tests] };
}
