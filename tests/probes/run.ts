/**
 * Puts one fault at a time into a copy of the checkout and says which of them no test notices.
 *
 * Exit code: 0 when each is noticed or was expected to survive, 1 when one survives without a reason, when one that has a
 * reason is noticed, or when a probe does not fit the files any more; 2 for wrong usage; 130 when interrupted.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { copyCheckout, listCheckout } from "../support/checkoutCopy";
import { put, refuseUnreadable, resolve, type Resolved } from "./checkout";
import { probes } from "./list";
import type { Probe } from "./probe";
import { commandsFor, endAll, firstFailure } from "./processes";

const usage =
  "usage: npm run test:probes -- [--only WORD]... [--workers 2] [--check] [--verbose]\n  --only     probes whose name or file has the word\n  --check    only see whether each probe fits its file\n  --verbose  show what the tests say of each fault\n";

interface Options {
  only: string[];
  workers: number;
  check: boolean;
  verbose: boolean;
}

type Outcome = "caught" | "SURVIVED" | "survives as expected" | "CAUGHT, though it has a reason to survive";

function readOptions(): Options {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    options: {
      only: { ...text, multiple: true, default: [] as string[] },
      workers: { ...text, default: "2" },
      check: flag,
      verbose: flag,
    },
  });
  if (!/^[1-9]\d?$/.test(values.workers)) throw new Error(`--workers: got ${values.workers}; allowed: 1 to 99`);
  return { ...values, workers: Number(values.workers) };
}

function choose({ only }: Options, files: readonly string[]): Resolved[] {
  const names = new Set(probes.map(({ name }) => name));
  if (names.size !== probes.length) throw new Error("probes: got two of one name; allowed: a name for each");
  const chosen = probes.filter(
    ({ name, file }) => only.length === 0 || only.some((word) => name.includes(word) || file.includes(word)),
  );
  if (chosen.length === 0)
    throw new Error(`--only: got ${only.join(", ")}; allowed: a part of the name or file of a probe`);
  const resolved = resolveAll(chosen, files);
  refuseUnreadable(resolved);
  return resolved;
}

/** All that do not fit are named at once: a move of files hits many. */
function resolveAll(chosen: readonly Probe[], files: readonly string[]): Resolved[] {
  const complaints: string[] = [];
  const resolved = chosen.flatMap((probe) => {
    try {
      return [resolve(probe, files)];
    } catch (error) {
      complaints.push((error as Error).message);
      return [];
    }
  });
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
  return resolved;
}

async function check(copy: string, probe: Resolved, verbose: boolean): Promise<Outcome> {
  put(copy, probe.path, probe.faulty);
  const complaint = await firstFailure(copy, commandsFor([probe]));
  put(copy, probe.path, probe.original);
  if (verbose && complaint !== undefined)
    process.stdout.write(
      `${complaint
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(0, 12)
        .join("\n")}\n`,
    );
  if (probe.survives === undefined) return complaint === undefined ? "SURVIVED" : "caught";
  return complaint === undefined ? "survives as expected" : "CAUGHT, though it has a reason to survive";
}

async function judgeAll(folder: string, chosen: readonly Resolved[], options: Options): Promise<number> {
  const copies = Array.from({ length: Math.min(options.workers, chosen.length) }, (_, index) =>
    path.join(folder, `copy-${index + 1}`),
  );
  copies.forEach((folder) => copyCheckout(folder));
  process.stdout.write("the tests without a fault\n");
  const complaint = await firstFailure(copies[0]!, commandsFor(chosen));
  if (complaint !== undefined) throw new Error(`the tests fail without any fault:\n${complaint}`);
  const started = Date.now();
  const outcomes = new Map<Resolved, Outcome>();
  const rest = [...chosen];
  await Promise.all(
    copies.map(async (copy) => {
      for (let probe = rest.shift(); probe !== undefined; probe = rest.shift()) {
        const outcome = await check(copy, probe, options.verbose);
        outcomes.set(probe, outcome);
        process.stdout.write(
          `${String(outcomes.size).padStart(3)}/${chosen.length}  ${outcome}: ${probe.name} (${probe.path})\n`,
        );
      }
    }),
  );
  return report(outcomes, (Date.now() - started) / 1000);
}

function report(outcomes: ReadonlyMap<Resolved, Outcome>, seconds: number): number {
  const having = (wanted: Outcome): Resolved[] =>
    [...outcomes].filter(([, outcome]) => outcome === wanted).map(([probe]) => probe);
  const [unnoticed, expected, stale] = [
    having("SURVIVED"),
    having("survives as expected"),
    having("CAUGHT, though it has a reason to survive"),
  ];
  process.stdout.write(
    `\n${outcomes.size} probes, ${having("caught").length + stale.length} caught, ${unnoticed.length + expected.length} survived, in ${seconds.toFixed(0)} s\n`,
  );
  for (const { name, survives } of expected) process.stdout.write(`survives: ${name}: ${survives}\n`);
  for (const { name, path: file } of unnoticed)
    process.stdout.write(`SURVIVED: ${name} (${file}): no test notices it; write one, or say why none can\n`);
  for (const { name } of stale) process.stdout.write(`STALE: ${name}: is noticed; take its reason to survive away\n`);
  return unnoticed.length + stale.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const options = readOptions();
  const files = listCheckout();
  const chosen = choose(options, files);
  if (options.check) {
    process.stdout.write(`${chosen.length} probes fit their files\n`);
    return 0;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), "portico-probes-"));
  const clean = (): void => {
    endAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      clean();
      process.exit(130);
    });
  }
  try {
    return await judgeAll(folder, chosen, options);
  } finally {
    clean();
  }
}

main().then(
  (code) => process.exit(code),
  (error: Error & { code?: string }) => {
    const isUsage = error.message.startsWith("--") || error.code?.startsWith("ERR_PARSE_ARGS") === true;
    process.stderr.write(`portico: ${error.message}\n${isUsage ? usage : ""}`);
    process.exit(isUsage ? 2 : 1);
  },
);
