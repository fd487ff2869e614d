import { setTimeout as sleep } from "node:timers/promises";
import { isOpen, nextOpening, type WeeklyWindow } from "../../../lib/base/weeklyWindow";
import { currentAuthor } from "../../../lib/stack/author";
import type { CommandName, HostCommands, HostStatus } from "../../../lib/hosts/protocol";
import { planReboots, reasonToWait, type RebootWish } from "../../../lib/rollout/reboots";
import type { Hosts } from "../hosts/hosts";
import { localMachineOf } from "../hosts/localMachine";
import { checkByBalancer } from "./restarting";

/** Longest time from the reboot to a host that answers: firmware of computers takes minutes. */
const bootSeconds = 600;
/** A balancer that just took a host out waits longer before that is back. */
const returnSeconds = 120;
const statusSeconds = 30;
const pauseMilliseconds = 2000;

/**
 * One host after another; the first that fails is the last that is touched. With a window none begins outside of it. Answers the
 * exit code: 3 where hosts stay as they are that were to go.
 */
export async function rebootAll(hosts: Hosts, wish: RebootWish, window?: WeeklyWindow): Promise<number> {
  const statuses = await readStatuses(hosts);
  const asking = [...statuses].filter(([, { asksForReboot }]) => (asksForReboot ?? null) !== null);
  asking.forEach(([host, { asksForReboot }]) => say(`${host} asks for a reboot: ${asksForReboot}`));
  const { unnoticed, noticed, spared } = planReboots(
    wish,
    asking.map(([host]) => host),
  );
  spared.forEach((host) =>
    process.stderr.write(
      `portico: ${host} stays as it is: without it the site does not answer; bin/reboot ${wish.stack} --host ${host} --outage reboots it all the same\n`,
    ),
  );
  const turns = [
    ...unnoticed.map((host) => ({ host, act: () => rebootBesideOthers(hosts, host) })),
    ...noticed.map((host) => ({ host, act: () => rebootAlone(hosts, host) })),
  ];
  if (turns.length + spared.length === 0) say("no host asks for a reboot");
  for (const [index, { host, act }] of turns.entries()) {
    if (window !== undefined && !isOpen(window, new Date())) {
      tellClosed(
        window,
        turns.slice(index).map((turn) => turn.host),
      );
      return 3;
    }
    await atOnce(host, act);
  }
  return spared.length === 0 ? 0 : 3;
}

function tellClosed(window: WeeklyWindow, left: readonly string[]): void {
  const opening = `${nextOpening(window, new Date()).toISOString().slice(0, 16)}Z`;
  process.stderr.write(
    `portico: ${left.join(", ")} ${left.length === 1 ? "waits" : "wait"} for the window of updates.rebootWindow, which opens next at ${opening}; --now does not wait for it
`,
  );
}

async function readStatuses(hosts: Hosts): Promise<Map<string, HostStatus>> {
  const answers = await hosts.call(hosts.names, "status", {}, { seconds: statusSeconds });
  const missing = answers.find(({ result }) => result === undefined);
  if (missing !== undefined)
    throw new Error(`${missing.host} does not answer: ${missing.complaint.trim()}; nothing was changed`);
  const earlier = answers.find(({ result }) => result!.boot === undefined);
  if (earlier !== undefined)
    throw new Error(
      `${earlier.host}: its host program has no such command yet; an update with a change brings one that has; nothing was changed`,
    );
  return new Map(answers.map(({ host, result }) => [host, result!]));
}

async function atOnce(host: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw new Error(`${host}: ${(error as Error).message}\nportico: no other host was touched after it`);
  }
}

/** Out of the balancer first, back when it has proven itself. One that fails stays out. */
async function rebootBesideOthers(hosts: Hosts, host: string): Promise<void> {
  const balancer = hosts.balancer!;
  const reason = reasonToWait(host, await answerOf(hosts, balancer, "status", {}));
  if (reason !== undefined) throw new Error(reason);
  const why = `rebooted by ${currentAuthor().who}`;
  const { serving } = await answerOf(hosts, balancer, "drain", { host, why });
  say(`${balancer} leaves ${host} out; serving: ${serving.join(", ")}`);
  await boot(hosts, host, true);
  const failure = await checkByBalancer(hosts, host);
  if (failure !== undefined) throw new Error(failure);
  await until(returnSeconds, `${balancer} still leaves it out`, async () => {
    return !(await answerOf(hosts, balancer, "resume", { host, why })).out;
  });
  say(`${balancer} sends requests to ${host} again`);
}

/** Visitors are refused meanwhile. */
async function rebootAlone(hosts: Hosts, host: string): Promise<void> {
  await boot(hosts, host, false);
  const { balancer } = hosts;
  if (balancer !== undefined)
    await until(returnSeconds, `${balancer} does not send requests to all hosts`, async () =>
      Object.values((await answerOf(hosts, balancer, "status", {})).watch?.hosts ?? {}).every(({ serves }) => serves),
    );
}

async function boot(hosts: Hosts, host: string, drained: boolean): Promise<void> {
  const machine = localMachineOf(hosts.resources, host);
  say(`rebooting ${host}`);
  const began = Date.now();
  const former = await answerOf(hosts, host, "reboot", { who: currentAuthor().who, drained });
  await machine?.bootAgain();
  await until(bootSeconds, "it did not come back", async () => {
    const [{ result } = {}] = await hosts.call([host], "survey", { examine: false }, { seconds: statusSeconds });
    return (
      result?.status?.boot !== undefined && result.status.boot !== former.boot && result.answers?.answers !== false
    );
  });
  say(`${host} is back after ${((Date.now() - began) / 1000).toFixed(0)} s`);
}

async function answerOf<Name extends CommandName>(
  hosts: Hosts,
  host: string,
  command: Name,
  input: HostCommands[Name]["input"],
): Promise<HostCommands[Name]["output"]> {
  const [answer] = await hosts.call([host], command, input);
  if (answer!.result === undefined) throw new Error(`${host}: ${answer!.complaint.trim()}`);
  return answer!.result;
}

async function until(seconds: number, otherwise: string, reached: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + seconds * 1000;
  while (!(await reached())) {
    if (Date.now() > limit) throw new Error(`${otherwise} within ${seconds} s`);
    await sleep(pauseMilliseconds);
  }
}

function say(text: string): void {
  process.stdout.write(`portico: ${text}\n`);
}
