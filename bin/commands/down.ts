import path from "node:path";
import { describeRemainingHosts } from "../../lib/targets/hosts/removal";
import { stackFolders } from "../../lib/stack/stateFolder";
import { callEngine, runEngine, stackEnvironment, type Environment } from "./base/engine";
import { HostsInState } from "./state/hostsInState";
import { runMain, UsageError } from "./base/main";
import { stackFile } from "./state/stackFile";
import { nameOf, readEntries, readState, type StateEntry } from "./state/stackState";
import { describeHolder, isStale, locksBelow, removeStaleLock } from "./state/staleLock";
import { describeStranded, findStranded, removeStranded } from "./state/strandedMachines";

const usage = "usage: bin/down [STACK] [--orphans]";

async function down(words: string[]): Promise<number> {
  const [stack = "dev", ...rest] = words.filter((word) => word !== "--orphans");
  if (rest.length > 0 || stack.startsWith("-")) throw new UsageError(usage);
  if (!words.includes("--orphans")) return takeDown(stack);
  // The state may be what is lost: nothing of it is read.
  refuseWhileHeld(stack);
  removeStranded(stack);
  return 0;
}

function refuseWhileHeld(stack: string): void {
  const holder = locksBelow(path.join(stackFolders(stack).root, "backend"), stack).find((lock) => !isStale(lock));
  if (holder !== undefined)
    throw new Error(
      `--orphans: got ${stack}, on which an update works (${describeHolder(holder)}); allowed: a stack at rest; nothing was touched`,
    );
}

async function takeDown(stack: string): Promise<number> {
  const environment = stackEnvironment(stack);
  if (!stackExists(stack, environment)) {
    const stranded = findStranded(stack);
    process.stdout.write(
      stranded.length > 0
        ? describeStranded(stack, stranded)
        : `portico: there is no stack ${stack}; nothing to remove\n`,
    );
    return stranded.length > 0 ? 1 : 0;
  }
  const entries = readEntries(stack, environment);
  refuseProtected(stack, entries);
  const farewell = whatStays(stack, entries, environment);
  await removeStaleLock(stack, environment);
  const code = await runEngine(
    ["destroy", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack],
    environment,
  );
  if (code === 0) process.stdout.write(farewell);
  return code;
}

function stackExists(stack: string, environment: Environment): boolean {
  const stacks = JSON.parse(callEngine(["stack", "ls", "--json"], environment)) as { name: string }[];
  return stacks.some(({ name }) => name === stack || name.endsWith(`/${stack}`));
}

/** The engine would refuse too, but only when half of the stack is gone. */
function refuseProtected(stack: string, entries: readonly StateEntry[]): void {
  const kept = entries.filter(({ protect }) => protect).map(nameOf);
  if (kept.length === 0) return;
  throw new Error(
    [
      `stack: got ${stack}, which is protected (${kept.join(", ")}); allowed: a stack without protection; nothing was touched`,
      "         to remove it on purpose:",
      `         1. set aws.protection to false in ${stackFile(stack)}`,
      `         2. bin/up ${stack}`,
      `         3. bin/down ${stack}`,
    ].join("\n"),
  );
}

function whatStays(stack: string, entries: readonly StateEntry[], environment: Environment): string {
  const has = (target: string) => entries.some(({ type }) => type === `portico:components:${target}`);
  if (has("GivenHosts")) return `portico: ${describeRemainingHosts(remainingHosts(stack, environment))}`;
  if (!has("AwsTarget")) return "";
  return [
    `portico: nothing that ${stack} made is left but its key for alarms, which AWS deletes in seven days.`,
    "         What stays was not the stack's: the hosted zone, the image, and the bucket and key of its state",
    "",
  ].join("\n");
}

function remainingHosts(stack: string, environment: Environment) {
  return [...new HostsInState(readState(stack, environment)).connections].map(([name, { host, port, user }]) => ({
    name,
    address: host,
    port,
    user,
  }));
}

runMain(down);
