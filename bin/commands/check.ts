import { currentAuthor } from "../../lib/stack/author";
import { checkCode, checkLines, healingHint, readAnswer, type CheckedHost } from "../../lib/hosts/check";
import { stackEnvironment } from "./base/engine";
import { examine } from "./hosts/examine";
import { Hosts } from "./hosts/hosts";
import { requireSome } from "./state/hostsInState";
import { runMain } from "./base/main";
import { withTunnels } from "./aws/tunnels";

interface Words {
  stack: string;
  heal: boolean;
  json: boolean;
}

async function check(words: string[]): Promise<number> {
  const { stack, heal, json } = readWords(words);
  const environment = stackEnvironment(stack);
  return withTunnels(stack, environment, () =>
    Hosts.use(stack, environment, async (hosts) => {
      requireSome(hosts.names, "hosts", stack);
      const checked = await examine(hosts, hosts.names);
      if (!heal) return report(checked, stack, json);
      if (!json) print(checked);
      return report(await healAll(hosts, checked), stack, json);
    }),
  );
}

function readWords(words: string[]): Words {
  const flags = ["--heal", "--json"];
  const [stack = "dev", ...rest] = words.filter((word) => !flags.includes(word));
  if (rest.length > 0 || stack.startsWith("-"))
    throw new Error(`got ${words.join(" ")}; usage: bin/check [STACK] [--heal] [--json]; nothing was changed`);
  return { stack, heal: words.includes("--heal"), json: words.includes("--json") };
}

/** One host after another, application hosts first: where one fails, the others are left as they are. */
async function healAll(hosts: Hosts, checked: readonly CheckedHost[]): Promise<CheckedHost[]> {
  const order = [...hosts.applicationHosts, ...hosts.names.filter((name) => !hosts.applicationHosts.includes(name))];
  const healed = new Map(checked.map((each) => [each.host, each]));
  for (const host of order) {
    if (!(healed.get(host)?.examination?.differences ?? []).some(({ healer }) => healer === "activate")) continue;
    process.stderr.write(`portico: putting ${host} right\n`);
    const [answer] = await hosts.call([host], "heal", { who: currentAuthor().who });
    if (answer?.result === undefined) {
      process.stderr.write(
        `portico: ${host} could not be put right, and has what it had:\n${answer?.complaint ?? ""}\n`,
      );
      break;
    }
    healed.set(host, readAnswer(host, answer.result, "", Date.now() / 1000));
  }
  return order.map((host) => healed.get(host)!);
}

/** Prints what was found and answers the exit code. */
function report(checked: readonly CheckedHost[], stack: string, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify({ hosts: checked })}\n`);
  else print(checked);
  const hint = healingHint(checked, stack);
  if (hint !== undefined) process.stderr.write(`portico: ${hint}\n`);
  return checkCode(checked);
}

function print(checked: readonly CheckedHost[]): void {
  process.stdout.write(
    checkLines(checked)
      .map((line) => `portico: ${line}\n`)
      .join(""),
  );
}

runMain(check);
