import { describeStandingHosts } from "../../lib/standingHosts";
import { askEngine, runEngine, stackEnvironment, type Environment } from "./engine";
import { connectionsOf } from "./hosts";
import { runMain } from "./main";
import { stackFile } from "./stackFile";
import { nameOf, readEntries, readState, type StateEntry } from "./stackState";
import { removeStaleLock } from "./staleLock";

async function takeDown(stack: string): Promise<number> {
  const environment = stackEnvironment(stack);
  if (!stackExists(stack, environment)) {
    process.stdout.write(`portico: there is no stack ${stack}; nothing to remove\n`);
    return 0;
  }
  const entries = readEntries(stack, environment);
  refuseProtected(stack, entries);
  const farewell = whatStays(stack, entries, environment);
  removeStaleLock(stack, environment);
  const code = await runEngine(["destroy", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack], environment);
  if (code === 0) process.stdout.write(farewell);
  return code;
}

function stackExists(stack: string, environment: Environment): boolean {
  const stacks = JSON.parse(askEngine(["stack", "ls", "--json"], environment)) as { name: string }[];
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
  if (has("GivenHosts")) return `portico: ${describeStandingHosts(standingHosts(stack, environment))}`;
  if (!has("AwsTarget")) return "";
  return [
    `portico: nothing that ${stack} made is left but its key for alarms, which AWS deletes in seven days.`,
    "         What stays was not the stack's: the hosted zone, the image, and the bucket and key of its state",
    "",
  ].join("\n");
}

function standingHosts(stack: string, environment: Environment) {
  return [...connectionsOf(readState(stack, environment))].map(([name, { host, port, user }]) => ({ name, address: host, port, user }));
}

runMain(([stack = "dev"]) => takeDown(stack));
