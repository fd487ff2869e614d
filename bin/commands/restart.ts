import { stackEnvironment } from "./base/engine";
import { Hosts } from "./hosts/hosts";
import { runMain } from "./base/main";
import { readStackAndHost } from "./base/stackAndHost";
import { restartAll } from "./update/restarting";
import { refuseBusy } from "./state/staleLock";
import { withTunnels } from "./aws/tunnels";

const usage = "usage: bin/restart [STACK] [--host NAME]";

async function restart(words: string[]): Promise<number> {
  const { stack, wanted } = readStackAndHost(words, usage);
  const environment = stackEnvironment(stack);
  refuseBusy("restart", stack, environment);
  return withTunnels(
    stack,
    environment,
    () => Hosts.use(stack, environment, (hosts) => restartAll(hosts, stack, wanted)),
    { share: true },
  );
}

runMain(restart);
