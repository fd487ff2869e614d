import type { Transaction } from "../../lib/hosts/protocol";
import { stackEnvironment } from "./base/engine";
import { Hosts } from "./hosts/hosts";
import { runMain, UsageError } from "./base/main";
import { formatTable } from "./base/table";
import { withTunnels } from "./aws/tunnels";

async function history(words: string[]): Promise<number> {
  const [stack = "dev", ...rest] = words;
  if (rest.length > 0 || stack.startsWith("-")) throw new UsageError("usage: bin/history [STACK]");
  const environment = stackEnvironment(stack);
  return withTunnels(
    stack,
    environment,
    () =>
      Hosts.use(stack, environment, async (hosts) => {
        const silent = await hosts.findSilent();
        const present = hosts.names.filter((name) => silent.every(({ host }) => host !== name));
        const answers = await hosts.ask(present, "history", {}, { seconds: 30 });
        const missing = [...silent, ...answers.filter(({ result }) => result === undefined)];
        missing.forEach(({ host, complaint }) =>
          process.stderr.write(`portico: ${host} does not answer, its part is missing: ${complaint.trim()}\n`),
        );
        const rows = answers.flatMap(({ host, result }) =>
          (result ?? []).map((transaction) => ({ host, ...transaction })),
        );
        rows.sort((left, right) => left.at.localeCompare(right.at) || left.host.localeCompare(right.host));
        process.stdout.write(
          formatTable(
            ["when", "host", "act", "release", "who", "commit", "seconds", "outcome", "why"],
            rows.map(toCells),
          ),
        );
        return missing.length === 0 ? 0 : missing.length < hosts.names.length ? 3 : 1;
      }),
    { share: true },
  );
}

function toCells(row: Transaction & { host: string }): string[] {
  return [
    row.at,
    row.host,
    row.command,
    row.release ?? "-",
    row.who ?? "-",
    row.commit ?? "-",
    row.seconds.toFixed(1),
    row.outcome,
    row.why,
  ];
}

runMain(history);
