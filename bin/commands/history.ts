import { stackEnvironment } from "./engine";
import { Hosts } from "./hosts";
import { runMain } from "./main";

interface Transaction {
  at: string;
  seconds: number;
  command: string;
  release: string | null;
  who: string | null;
  commit: string | null;
  outcome: string;
  why: string;
}

async function history([stack = "dev"]: string[]): Promise<number> {
  const environment = stackEnvironment(stack);
  return Hosts.use(stack, environment, async (hosts) => {
    const answers = await hosts.ask<Transaction[]>(hosts.names, "history", {});
    for (const { host, complaint, result } of answers) {
      if (result === undefined) process.stderr.write(`portico: ${host} does not answer: ${complaint.trim()}\n`);
    }
    const rows = answers.flatMap(({ host, result }) => (result ?? []).map((transaction) => ({ host, ...transaction })));
    rows.sort((left, right) => left.at.localeCompare(right.at) || left.host.localeCompare(right.host));
    printTable(["when", "host", "act", "release", "who", "commit", "seconds", "outcome", "why"], rows.map(toCells));
    return answers.every(({ result }) => result !== undefined) ? 0 : 1;
  });
}

function toCells(row: Transaction & { host: string }): string[] {
  return [row.at, row.host, row.command, row.release ?? "-", row.who ?? "-", row.commit ?? "-", row.seconds.toFixed(1), row.outcome, row.why];
}

function printTable(head: string[], rows: string[][]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  for (const row of [head, ...rows]) {
    process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()}\n`);
  }
}

runMain(history);
