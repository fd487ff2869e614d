import { stackEnvironment } from "./base/engine";
import { Hosts } from "./hosts/hosts";
import { runMain } from "./base/main";
import { readStackAndHost } from "./base/stackAndHost";
import { restartAll } from "./update/restarting";
import { findHolder, describeHolder } from "./state/staleLock";
import { withTunnels } from "./aws/tunnels";

const usage = "usage: bin/restart [STACK] [--host NAME]";

async function restart(words: string[]): Promise<number> {
  const { stack, wanted } = readStackAndHost(words, usage);
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

runMain(restart);
