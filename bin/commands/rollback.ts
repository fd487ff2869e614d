import { currentAuthor } from "../../lib/stack/author";
import type { HostCommands } from "../../lib/hosts/protocol";
import { chooseRelease, type Silence } from "../../lib/rollout/operations";
import { checkSite, type SiteOutputs } from "./update/checkSite";
import { moveHosts } from "./hosts/balancerDoor";
import { callEngine, stackEnvironment, type Environment } from "./base/engine";
import { requireSome } from "./state/hostsInState";
import { Hosts, type HostAnswer } from "./hosts/hosts";
import { runMain, UsageError } from "./base/main";
import { describeHolder, findHolder } from "./state/staleLock";
import { markUntrue } from "./hosts/hostStatus";
import { withTunnels } from "./aws/tunnels";

/** What a rollback came to, by host. */
interface Outcome {
  back: string[];
  failed: string[];
  /** Hosts that could not be reached. */
  missed: Silence[];
}

const usage = "usage: bin/rollback [STACK] [RELEASE]";
const statusSeconds = 30;

async function rollback(words: string[]): Promise<number> {
  const [stack = "dev", wanted, ...rest] = words;
  if (rest.length > 0 || words.some((word) => word.startsWith("-"))) throw new UsageError(usage);
  const environment = stackEnvironment(stack);
  return withTunnels(
    stack,
    environment,
    () =>
      Hosts.use(stack, environment, async (hosts) => {
        const outcome = await takeBack(hosts, stack, wanted);
        await settleBalancer(hosts, outcome);
        correctState(hosts, stack, environment);
        const code = conclude(outcome, stack);
        return outcome.back.length === 0 ? code : Math.max(code, await showSite(stack, environment));
      }),
    { share: true },
  );
}

/** What visitors get. The balancer did not go back: it may have other names, or trust another authority, than the hosts do now. */
async function showSite(stack: string, environment: Environment): Promise<number> {
  const outputs = JSON.parse(callEngine(["stack", "output", "--json", "--stack", stack], environment)) as SiteOutputs;
  const { lines, good } = await checkSite(stack, outputs, `bin/up ${stack} brings hosts and balancer together again`);
  lines.forEach((line) => process.stdout.write(`portico: ${line}\n`));
  return good ? 0 : 1;
}

/** On all application hosts that answer, at once. */
async function takeBack(hosts: Hosts, stack: string, wanted: string | undefined): Promise<Outcome> {
  const all = hosts.applicationHosts;
  requireSome(all, "application hosts", stack);
  const silent = await hosts.findSilent(all);
  const states = await hosts.call(
    all.filter((name) => silent.every(({ host }) => host !== name)),
    "status",
    {},
    { seconds: statusSeconds },
  );
  const missed = [...silent, ...states.filter(({ result }) => result === undefined)];
  missed.forEach(({ host, complaint }) =>
    process.stderr.write(`portico: ${host} does not answer and stays as it is: ${complaint.trim()}\n`),
  );
  const present = states.filter(({ result }) => result !== undefined);
  if (present.length === 0) throw new Error("no application host answers; nothing was changed");
  const names = present.map(({ host }) => host);
  const release = chooseRelease(
    present.map(({ result }) => result!),
    wanted,
  );
  process.stdout.write(`portico: rolling ${names.join(", ")} back to ${release}\n`);
  const answers = await hosts.call(names, "rollback", { release, who: currentAuthor().who });
  answers.forEach(report);
  const named = (done: boolean) =>
    answers.filter(({ result }) => (result !== undefined) === done).map(({ host }) => host);
  return { back: named(true), failed: named(false), missed };
}

function report({ host, result, complaint }: HostAnswer<HostCommands["rollback"]["output"]>): void {
  if (result) process.stdout.write(`portico: ${host} serves ${result.release} again, instead of ${result.from}\n`);
  else process.stderr.write(`portico: ${host} did not go back:\n${complaint}\n`);
}

/** A host that comes back serves what it had: it gets no requests before an update has brought it to what the others have. */
async function settleBalancer(hosts: Hosts, { back, failed, missed }: Outcome): Promise<void> {
  if (back.length === 0) return;
  const astray = [...failed, ...missed.map(({ host }) => host)];
  await moveHosts(hosts, "drain", astray, "the others were rolled back");
  if (astray.length === 0) await moveHosts(hosts, "resume", back, "it was rolled back with all others");
}

/** The engine's state says that the hosts have what they have just left; what was staged before does not come about again. */
function correctState(hosts: Hosts, stack: string, environment: Environment): void {
  const holder = findHolder(stack, environment);
  if (holder !== undefined) {
    process.stdout.write(
      `portico: an update is under way (${describeHolder(holder)}); it ends with an error, and the next bin/up ${stack} puts the state right\n`,
    );
    return;
  }
  markUntrue(
    hosts,
    hosts.applicationHosts.map((host) => ({ host, steps: ["stage", "activate"] })),
    stack,
    environment,
  );
}

function conclude({ failed, missed }: Outcome, stack: string): number {
  if (failed.length === 0)
    process.stdout.write(
      "portico: the program still declares the release before; pulumi preview shows what the next up would change back\n",
    );
  if (missed.length > 0)
    process.stderr.write(
      `portico: not reached: ${missed.map(({ host }) => host).join(", ")}; when repaired, bin/up ${stack} brings it to what the others have\n`,
    );
  if (failed.length > 0) return 1;
  return missed.length > 0 ? 3 : 0;
}

runMain(rollback);
