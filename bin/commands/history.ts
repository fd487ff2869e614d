import { stackEnvironment } from "./base/engine";
import { Hosts } from "./hosts/hosts";
import { requireSome } from "./state/hostsInState";
import { runMain, UsageError } from "./base/main";
import { historyTable } from "./hosts/historyTable";
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
        requireSome(hosts.names, "hosts", stack);
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
        process.stdout.write(historyTable(rows));
        return missing.length === 0 ? 0 : missing.length < hosts.names.length ? 3 : 1;
      }),
    { share: true },
  );
}

runMain(history);
