import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { checkout } from "../base/places";
import { makePage } from "./page";
import type { Results } from "./results";

/** Writes results, by default to a file named by their time; answers its path. */
export function writeResults(results: Results, out?: string): string {
  const name = results.started.slice(0, 16).replace(/[:T]/g, "-");
  const file = out ?? path.join(checkout, "bench/results", `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
  return file;
}

export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, "utf8")) as Results;
}

/** Writes docs/performance.md and its plots from results; plots of an earlier page go. */
export function writePage(resultsFile: string, docs = path.join(checkout, "docs")): void {
  const { markdown, plots } = makePage(readResults(resultsFile));
  const folder = path.join(docs, "performance");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(docs, "performance.md"), markdown);
  for (const [name, svg] of Object.entries(plots)) writeFileSync(path.join(folder, name), svg);
}
