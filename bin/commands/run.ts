import { contract } from "../../lib/base/contract";
import { shellWord } from "../../lib/base/shellWords";
import { withTunnels } from "./aws/tunnels";
import { stackEnvironment } from "./base/engine";
import { runMain, UsageError } from "./base/main";
import { readStackAndHost } from "./base/stackAndHost";
import { Hosts, sshFailed } from "./hosts/hosts";
import { chooseHost } from "./hosts/oneHost";

const usage = "usage: bin/run [STACK] [--host NAME] -- COMMAND...";

/** Ends with the exit code of the command. */
async function run(words: string[]): Promise<number> {
  const mark = words.indexOf("--");
  const command = mark < 0 ? [] : words.slice(mark + 1);
  if (command.length === 0) throw new UsageError(usage);
  const { stack, wanted } = readStackAndHost(words.slice(0, mark), usage);
  const environment = stackEnvironment(stack);
  const act = async (hosts: Hosts) => attach(hosts, await chooseHost(hosts, stack, wanted), command);
  return withTunnels(stack, environment, () => Hosts.use(stack, environment, act), { share: true });
}

async function attach(hosts: Hosts, host: string, command: readonly string[]): Promise<number> {
  process.stderr.write(`portico: on ${host}\n`);
  const code = await hosts.attach(host, [contract.paths.command, "run", "--", ...command.map(shellWord)]);
  if (code === sshFailed)
    process.stderr.write(`portico: ${host}: the connection was lost, or the command ended with ${sshFailed}\n`);
  return code;
}

runMain(run);
