import { hostCommands, type Transaction } from "../../lib/hosts/protocol";
import { stackEnvironment } from "./base/engine";
import { Hosts } from "./hosts/hosts";
import { runMain, UsageError } from "./base/main";
import { formatTable } from "./base/table";
import { withTunnels } from "./aws/tunnels";

/** All that a host keeps of a transaction, but what no person reads: the hash of a release with its settings. */
const fields = Object.keys(hostCommands.history.output).filter((field) => field !== "at" && field !== "revision");
const columns = ["at", "host", ...fields] as (keyof Row)[];

interface Row extends Transaction {
  host: string;
}

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
        const answers = await hosts.call(present, "history", {}, { seconds: 30 });
        const missing = [...silent, ...answers.filter(({ result }) => result === undefined)];
        missing.forEach(({ host, complaint }) =>
          process.stderr.write(`portico: ${host} does not answer, its part is missing: ${complaint.trim()}\n`),
        );
        const rows = answers.flatMap(({ host, result }) =>
          (result ?? []).map((transaction) => ({ host, ...transaction })),
        );
        rows.sort((left, right) => left.at.localeCompare(right.at) || left.host.localeCompare(right.host));
        process.stdout.write(formatTable(columns, rows.map(toCells)));
        return missing.length === 0 ? 0 : missing.length < hosts.names.length ? 3 : 1;
      }),
    { share: true },
  );
}

/** A host keeps its host program until its next update, so a field may be missing. */
function toCells(row: Row): string[] {
  return columns.map((column) => String(row[column] ?? "-"));
}

runMain(history);
