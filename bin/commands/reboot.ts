import { parseWeeklyWindow } from "../../lib/base/weeklyWindow";
import { parseSettings } from "../../lib/settings";
import { stackEnvironment } from "./base/engine";
import { runMain, UsageError } from "./base/main";
import { Hosts } from "./hosts/hosts";
import { requireSome } from "./state/hostsInState";
import { givenSettings } from "./state/stackFile";
import { outputsIn } from "./state/stackState";
import { refuseBusy } from "./state/staleLock";
import { checkSite, type SiteOutputs } from "./update/checkSite";
import { rebootAll } from "./update/rebooting";

const usage = "usage: bin/reboot [STACK] [--host NAME]... [--outage] [--now]";

async function reboot(words: string[]): Promise<number> {
  const { stack, named, outage, now } = readWords(words);
  const { target, updates } = parseSettings(givenSettings(stack));
  if (target === "aws")
    throw new Error(
      "reboot: got a stack of target aws; allowed: local, hosts; there bin/image STACK and bin/up STACK make machines anew from an image with all updates, one after another",
    );
  const window = now || updates.rebootWindow === null ? undefined : parseWeeklyWindow(updates.rebootWindow);
  const environment = stackEnvironment(stack);
  refuseBusy("reboot", stack, environment);
  return Hosts.use(stack, environment, async (hosts) => {
    requireSome(hosts.names, "hosts", stack);
    const { names, applicationHosts, balancer } = hosts;
    const wish = { stack, hosts: names, applicationHosts, balancer, named, outage };
    const code = await rebootAll(hosts, wish, window);
    const { lines, good } = await checkSite(
      stack,
      outputsIn(hosts.resources) as unknown as SiteOutputs,
      `bin/up ${stack} brings the site back`,
    );
    lines.forEach((line) => process.stdout.write(`portico: ${line}\n`));
    return good ? code : 1;
  });
}

function readWords(words: string[]): { stack: string; named: string[]; outage: boolean; now: boolean } {
  const named = words.flatMap((word, index) => (words[index - 1] === "--host" ? [word] : []));
  const [stack = "dev", ...rest] = words.filter(
    (word, index) => !["--outage", "--now", "--host"].includes(word) && words[index - 1] !== "--host",
  );
  if (
    rest.length > 0 ||
    stack.startsWith("-") ||
    words.at(-1) === "--host" ||
    named.some((host) => host.startsWith("-"))
  )
    throw new UsageError(usage);
  return { stack, named, outage: words.includes("--outage"), now: words.includes("--now") };
}

runMain(reboot);
