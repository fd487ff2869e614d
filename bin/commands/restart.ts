import { stackEnvironment } from "./base/engine";
import { Hosts } from "./hosts/hosts";
import { runMain, UsageError } from "./base/main";
import { restartHost } from "./update/restarting";
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

/** One host after another; the first that fails is the last that is touched. */
async function restartAll(hosts: Hosts, stack: string, wanted: string | undefined): Promise<number> {
  const known = hosts.applicationHosts;
  if (known.length === 0)
    throw new Error(
      `stack: got ${stack}, which has no application hosts; allowed: a stack that is up; run bin/up ${stack}`,
    );
  if (wanted !== undefined && !known.includes(wanted))
    throw new Error(`--host: got ${wanted}; allowed: ${known.join(", ")}`);
  const names = wanted === undefined ? known : [wanted];
  const silent = await hosts.findSilent(names);
  silent.forEach(({ host, complaint }) => process.stderr.write(`portico: ${host} does not answer: ${complaint}\n`));
  for (const host of names.filter((name) => silent.every((each) => each.host !== name))) {
    process.stdout.write(`portico: restarting the application on ${host}\n`);
    const failure = await restartHost(hosts, host);
    if (failure !== undefined) throw new Error(`${host}: ${failure}\nportico: no other host was touched after it`);
  }
  return silent.length === 0 ? 0 : silent.length === names.length ? 1 : 3;
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
