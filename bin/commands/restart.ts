import { stackEnvironment } from "./base/engine";
import { Hosts } from "./hosts/hosts";
import { runMain, UsageError } from "./base/main";
import { restartAll } from "./update/restarting";
import { findHolder, describeHolder } from "./state/staleLock";
import { withTunnels } from "./aws/tunnels";

const usage = "usage: bin/restart [STACK] [--host NAME]";

async function restart(words: string[]): Promise<number> {
  const { stack, wanted } = readWords(words);
  const environment = stackEnvironment(stack);
  const holder = findHolder(stack, environment);
  if (holder !== undefined)
    throw new Error(
      `restart: got a stack that an update is working on (${describeHolder(holder)}); allowed: one at rest; wait for its end`,
    );
  return withTunnels(
    stack,
    environment,
    () => Hosts.use(stack, environment, (hosts) => restartAll(hosts, stack, wanted)),
    { share: true },
  );
}

function readWords(words: string[]): { stack: string; wanted?: string } {
  const at = words.indexOf("--host");
  const wanted = at < 0 ? undefined : words[at + 1];
  const [stack = "dev", ...rest] = at < 0 ? words : words.filter((_, index) => index !== at && index !== at + 1);
  if (rest.length > 0 || stack.startsWith("-") || (at >= 0 && (wanted ?? "-").startsWith("-")))
    throw new UsageError(usage);
  return { stack, wanted };
}

runMain(restart);
