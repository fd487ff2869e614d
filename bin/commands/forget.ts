import { withTunnels } from "./aws/tunnels";
import { stackEnvironment } from "./base/engine";
import { runMain, UsageError } from "./base/main";
import { Hosts } from "./hosts/hosts";
import { requireSome } from "./state/hostsInState";
import { refuseBusy } from "./state/staleLock";

const unknownCommand = "its host program has no such command yet; an update with a change brings one that has";

/** Each host by itself: what one keeps is no matter of another. */
async function forget(words: string[]): Promise<number> {
  const [stack = "dev", ...rest] = words;
  if (rest.length > 0 || stack.startsWith("-")) throw new UsageError("usage: bin/forget [STACK]");
  const environment = stackEnvironment(stack);
  refuseBusy("forget", stack, environment);
  return withTunnels(
    stack,
    environment,
    () =>
      Hosts.use(stack, environment, async (hosts) => {
        requireSome(hosts.names, "hosts", stack);
        const answers = await hosts.call(hosts.names, "forget", {});
        const failed = answers.filter(({ host, result, unknown, letIn, complaint }) => {
          if (result !== undefined) process.stdout.write(`portico: ${host} keeps nothing but what serves\n`);
          else
            process.stderr.write(
              `portico: ${host} ${letIn ? "forgot nothing, or not all" : "does not answer"}: ${unknown ? unknownCommand : complaint.trim()}\n`,
            );
          return result === undefined;
        });
        if (failed.some(({ letIn }) => letIn)) return 1;
        return failed.length === 0 ? 0 : 3;
      }),
    { share: true },
  );
}

runMain(forget);
