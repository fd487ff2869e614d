import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stackFolders } from "../../lib/stateFolder";
import { askEngine, runEngine, stackEnvironment, type Environment } from "./engine";
import { goBack } from "./goBack";
import { runMain } from "./main";
import { givenSettings } from "./stackFile";
import { removeStaleLock } from "./staleLock";
import { readTimings, type Timing } from "./timings";
import { withTunnels } from "./tunnels";
import { runUpdates } from "./updates";

interface StackOutputs {
  url: string;
  caCertificate: string;
  release: string;
  hosts: { name: string; role: string; address: string }[];
}

async function bringUp(words: string[]): Promise<number> {
  const started = Date.now();
  const { stack, refresh } = readWords(words);
  // The engine takes any of its options from the environment: both previews and updates see it.
  const environment: Environment = { ...stackEnvironment(stack), ...(refresh && { PULUMI_OPTION_REFRESH: "true" }) };
  askEngine(["stack", "select", "--create", stack], environment);
  if (removeStaleLock(stack, environment)) await runEngine(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--suppress-outputs", "--stack", stack], environment);
  const folder = stackFolders(stack).root;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return withTunnels(stack, environment, async () => {
    const { code, begun, events } = await runUpdates(stack, environment);
    if (code !== 0) {
      if (begun) await goBack(stack, environment);
      return code;
    }
    const setup = Number(environment.PORTICO_SETUP_SECONDS ?? 0);
    const timings = [{ part: "set-up", seconds: setup }, ...readTimings(events), { part: "update in all", seconds: (Date.now() - started) / 1000 }];
    printSummary(readOutputs(stack, environment), request(stack, folder), timings);
    return 0;
  });
}

function readWords(words: string[]): { stack: string; refresh: boolean } {
  const [stack = "dev", ...rest] = words.filter((word) => word !== "--refresh");
  if (rest.length > 0 || stack.startsWith("-")) throw new Error(`got ${words.join(" ")}; usage: bin/up [STACK] [--refresh]; nothing was changed`);
  return { stack, refresh: words.includes("--refresh") };
}

function readOutputs(stack: string, environment: Environment): StackOutputs {
  return JSON.parse(askEngine(["stack", "output", "--json", "--stack", stack], environment)) as StackOutputs;
}

/** Words that ask the site; the stack's own authority is one that only this command line trusts. */
function request(stack: string, folder: string): (outputs: StackOutputs) => string {
  const { target, site } = givenSettings(stack) as { target?: string; site?: { certificate?: unknown } };
  if (target === "aws" || (site?.certificate ?? null) !== null) return ({ url }) => `curl ${url}/whoami`;
  const authority = path.join(folder, "ca.crt");
  return ({ url, caCertificate }) => {
    writeFileSync(authority, caCertificate);
    return `curl --cacert ${authority} ${url}/whoami`;
  };
}

function printSummary(outputs: StackOutputs, ask: (outputs: StackOutputs) => string, timings: Timing[]): void {
  const hosts = outputs.hosts.map(({ name, role, address }) => `    ${name.padEnd(12)}${role.padEnd(15)}${address}`);
  const times = timings.map(({ part, seconds }) => `    ${part.padEnd(16)}${seconds.toFixed(1).padStart(6)} s`);
  const lines = ["", `  ${outputs.url}`, `  ${ask(outputs)}`, "", `  release   ${outputs.release}`, "  hosts", ...hosts, "  time", ...times, ""];
  process.stdout.write(`${lines.join("\n")}\n`);
}

runMain(bringUp);
