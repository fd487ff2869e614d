import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stackFolders } from "../../lib/stateFolder";
import { askEngine, runEngine, stackEnvironment, type Environment } from "./engine";
import { goBack } from "./goBack";
import { runMain } from "./main";
import { removeStaleLock } from "./staleLock";
import { readTimings, type Timing } from "./timings";

interface StackOutputs {
  url: string;
  caCertificate: string;
  release: string;
  hosts: { name: string; role: string; address: string }[];
}

async function bringUp(stack: string): Promise<number> {
  const started = Date.now();
  const environment = stackEnvironment(stack);
  askEngine(["stack", "select", "--create", stack], environment);
  if (removeStaleLock(stack, environment)) await runEngine(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--suppress-outputs", "--stack", stack], environment);
  const folder = stackFolders(stack).root;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const eventLog = path.join(folder, "events.json");
  rmSync(eventLog, { force: true });
  // The flag for the event log is one that the engine offers only with its debugging commands.
  const code = await runEngine(["up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack, "--event-log", eventLog], {
    ...environment,
    PULUMI_DEBUG_COMMANDS: "true",
  });
  if (code !== 0) {
    await goBack(stack, environment);
    return code;
  }
  const setup = Number(environment.PORTICO_SETUP_SECONDS ?? 0);
  const timings = [{ part: "set-up", seconds: setup }, ...readTimings(eventLog), { part: "update in all", seconds: (Date.now() - started) / 1000 }];
  printSummary(readOutputs(stack, environment), folder, timings);
  return 0;
}

function readOutputs(stack: string, environment: Environment): StackOutputs {
  return JSON.parse(askEngine(["stack", "output", "--json", "--stack", stack], environment)) as StackOutputs;
}

function printSummary(outputs: StackOutputs, folder: string, timings: Timing[]): void {
  const authority = path.join(folder, "ca.crt");
  writeFileSync(authority, outputs.caCertificate);
  const hosts = outputs.hosts.map(({ name, role, address }) => `    ${name.padEnd(12)}${role.padEnd(12)}${address}`);
  const times = timings.map(({ part, seconds }) => `    ${part.padEnd(16)}${seconds.toFixed(1).padStart(6)} s`);
  const lines = [
    "",
    `  ${outputs.url}`,
    `  curl --cacert ${authority} ${outputs.url}/whoami`,
    "",
    `  release   ${outputs.release}`,
    "  hosts",
    ...hosts,
    "  time",
    ...times,
    "",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

runMain(([stack = "dev"]) => bringUp(stack));
