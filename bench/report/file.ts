import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { checkout } from "../base/places";
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
