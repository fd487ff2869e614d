import { parseArgs } from "node:util";
import { runMain, UsageError } from "../bin/commands/base/main";
import { formatTable } from "../bin/commands/base/table";
import { localPlatformIds, type LocalPlatformId } from "../lib/hosts/platforms";
import { judges, type Judge } from "./judges";
import type { Opinion } from "./judges/judge";
import { AuditedSite } from "./site";

const usage = `usage: npm run audit -- [--only JUDGE,...] [--platform ${localPlatformIds.join("|")}] [--keep]
  judges: ${judges.map(({ name }) => name).join(", ")}`;

runMain(async (words) => {
  const { chosen, platform, keep } = readWords(words);
  const site = new AuditedSite(platform);
  const needed = chosen.some(({ site: needsSite }) => needsSite);
  try {
    if (needed) {
      say(`bringing up two hosts and a balancer of ${platform}`);
      await site.up();
    }
    const rows: { judge: Judge; opinions: Opinion[] }[] = [];
    for (const judge of chosen) {
      say(judge.name);
      rows.push({ judge, opinions: await judge.judge(site).catch(failed) });
    }
    return report(rows);
  } finally {
    if (needed && !keep) await site.remove();
  }
});

/** A judge that could not judge has found its bar missed. */
function failed(problem: Error): Opinion[] {
  return [{ about: "", figure: "could not judge", faults: [problem.message] }];
}

/** One table, then the evidence of what misses its bar. */
function report(rows: readonly { judge: Judge; opinions: readonly Opinion[] }[]): number {
  const lines = rows.flatMap(({ judge, opinions }) =>
    opinions.map(({ about, figure, faults }) => ({ name: judge.name, bar: judge.bar, about, figure, faults })),
  );
  const cells = lines.map(({ name, about, bar, figure, faults }) => [
    faults.length === 0 ? "ok" : "MISSED",
    `${name} ${about}`.trim(),
    bar,
    figure,
  ]);
  process.stdout.write(`\n${formatTable(["", "judge", "bar", "figure"], cells)}`);
  const missed = lines.filter(({ faults }) => faults.length > 0);
  for (const { name, about, faults } of missed)
    process.stdout.write(`\n${name} ${about}:\n${faults.map((fault) => `  ${fault}\n`).join("")}`);
  return missed.length === 0 ? 0 : 1;
}

function readWords(words: string[]): { chosen: readonly Judge[]; platform: LocalPlatformId; keep: boolean } {
  const options = { only: { type: "string" }, platform: { type: "string" }, keep: { type: "boolean" } } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: words, options }));
  } catch (problem) {
    throw new UsageError(`${(problem as Error).message}\n${usage}`);
  }
  const platform = values.platform ?? "debian-13";
  if (!(localPlatformIds as readonly string[]).includes(platform))
    throw new UsageError(`--platform: got ${platform}\n${usage}`);
  const named = values.only?.split(",");
  const unknown = named?.filter((name) => !judges.some((judge) => judge.name === name)) ?? [];
  if (unknown.length > 0) throw new UsageError(`--only: got ${unknown.join(", ")}\n${usage}`);
  const chosen = judges.filter(({ name }) => named?.includes(name) ?? true);
  return { chosen, platform: platform as LocalPlatformId, keep: values.keep ?? false };
}

function say(text: string): void {
  process.stderr.write(`portico: ${text}\n`);
}
