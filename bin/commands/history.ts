import { stackEnvironment } from "./engine";
import { Hosts } from "./hosts";
import { runMain } from "./main";
import { formatTable } from "./table";
import { withTunnels } from "./tunnels";

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
  return withTunnels(stack, environment, () => Hosts.use(stack, environment, async (hosts) => {
    const answers = await hosts.ask<Transaction[]>(hosts.names, "history", {});
    for (const { host, complaint, result } of answers) {
      if (result === undefined) process.stderr.write(`portico: ${host} does not answer: ${complaint.trim()}\n`);
    }
    const rows = answers.flatMap(({ host, result }) => (result ?? []).map((transaction) => ({ host, ...transaction })));
    rows.sort((left, right) => left.at.localeCompare(right.at) || left.host.localeCompare(right.host));
    process.stdout.write(formatTable(["when", "host", "act", "release", "who", "commit", "seconds", "outcome", "why"], rows.map(toCells)));
    return answers.every(({ result }) => result !== undefined) ? 0 : 1;
  }));
}

function toCells(row: Transaction & { host: string }): string[] {
  return [row.at, row.host, row.command, row.release ?? "-", row.who ?? "-", row.commit ?? "-", row.seconds.toFixed(1), row.outcome, row.why];
}

runMain(history);
