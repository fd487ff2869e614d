import { stackEnvironment } from "../base/engine";
import { runMain } from "../base/main";
import { readAwsStack } from "../state/stackFile";
import { entrances, Tunnels } from "./tunnels";

/** For use of `pulumi` or `ssh` by hand: the tunnels stay open until an interrupt. */
async function tunnel([stack = ""]: string[]): Promise<number> {
  const settings = readAwsStack(stack)?.aws;
  if (settings?.access.mode !== "ssm") {
    throw new Error(
      `stack: got ${stack}, whose machines are not reached by Session Manager; allowed: a stack of target aws with aws.access.mode ssm`,
    );
  }
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve(0));
  });
  const tunnels = await Tunnels.open(stack, settings.region, entrances, stackEnvironment(stack));
  entrances
    .slice(0, settings.machines.count)
    .forEach(({ machine, port }) => process.stdout.write(`${machine}  127.0.0.1:${port}\n`));
  const code = await interrupted;
  await tunnels.close();
  return code;
}

runMain(tunnel);
