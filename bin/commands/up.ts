import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stackFolders } from "../../lib/stack/stateFolder";
import { concludeUpdate } from "./update/afterUpdate";
import { checkSite, type SiteAnswer, type SiteOutputs } from "./update/checkSite";
import { prepareUpdate } from "./update/beforeUpdate";
import { noteMissingLimits } from "./update/controlGroups";
import { runEngine, stackEnvironment, type Environment } from "./base/engine";
import { revertHosts } from "./update/revertHosts";
import { runMain, UsageError } from "./base/main";
import { givenSettings } from "./state/stackFile";
import { describeHolder, findHolder, removeStaleLock } from "./state/staleLock";
import { refuseStranded } from "./state/strandedMachines";
import { makeStack, outputsIn, readState } from "./state/stackState";
import { readTimings, type Timing } from "./update/timings";
import { withTunnels } from "./aws/tunnels";
import { changedNothing, runUpdates } from "./update/updates";

interface StackOutputs extends SiteOutputs {
  url: string;
  release: string;
}

async function bringUp(words: string[]): Promise<number> {
  const started = Date.now();
  const { stack, refresh, adopt, without } = readWords(words);
  // The engine takes any of its options from the environment: both previews and updates see it.
  const environment: Environment = { ...stackEnvironment(stack), ...(refresh && { PULUMI_OPTION_REFRESH: "true" }) };
  if (!adopt) refuseStranded(stack, environment);
  makeStack(stack, environment);
  if (await removeStaleLock(stack, environment))
    await runEngine(
      ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--suppress-outputs", "--stack", stack],
      environment,
    );
  const holder = findHolder(stack, environment);
  if (holder !== undefined)
    throw new Error(
      `stack: got ${stack}, which another update is working on (${describeHolder(holder)}); allowed: one at rest; wait for its end; nothing was changed`,
    );
  noteMissingLimits((givenSettings(stack) as { target?: string }).target);
  const folder = stackFolders(stack).root;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return withTunnels(stack, environment, async () => {
    const prepared = await prepareUpdate({ stack, without, refresh }, environment);
    const { code, begun, events } = await runUpdates(stack, prepared);
    if (code !== 0) {
      if (begun) await revertHosts(stack, environment);
      return code;
    }
    const resources = changedNothing(events) ? prepared.resources : readState(stack, environment);
    const outputs = outputsIn(resources) as unknown as StackOutputs;
    const [end, site] = await Promise.all([
      concludeUpdate(stack, without, environment, resources),
      checkSite(
        stack,
        outputs,
        `release ${outputs.release} serves; mend it and run bin/up ${stack} again, or go back with bin/rollback ${stack}`,
      ),
    ]);
    const setup = Number(environment.PORTICO_SETUP_SECONDS ?? 0);
    const timings = [
      { part: "set-up", seconds: setup },
      ...readTimings(events),
      { part: "update in all", seconds: (Date.now() - started) / 1000 },
    ];
    showSite(folder, outputs, site, timings);
    return Math.max(end, site.good ? 0 : 1);
  });
}

const flags = ["--refresh", "--adopt"];

function readWords(words: string[]): { stack: string; refresh: boolean; adopt: boolean; without: string[] } {
  const without = words.flatMap((word, index) => (words[index - 1] === "--without" ? [word] : []));
  const [stack = "dev", ...rest] = words.filter(
    (word, index) => !flags.includes(word) && word !== "--without" && words[index - 1] !== "--without",
  );
  if (
    rest.length > 0 ||
    stack.startsWith("-") ||
    words.at(-1) === "--without" ||
    without.some((host) => host.startsWith("-"))
  ) {
    throw new UsageError(
      `got ${words.join(" ")}; usage: bin/up [STACK] [--refresh] [--adopt] [--without HOST]...; nothing was changed`,
    );
  }
  return { stack, refresh: words.includes("--refresh"), adopt: words.includes("--adopt"), without };
}

/** Prints what is up and what a visitor gets. */
function showSite(folder: string, outputs: StackOutputs, { curl, lines }: SiteAnswer, timings: Timing[]): void {
  const authority = path.join(folder, "ca.crt");
  writeFileSync(authority, outputs.caCertificate);
  printSummary(outputs, curl(authority), lines, timings);
}

function printSummary(outputs: StackOutputs, curl: string, visits: string[], timings: Timing[]): void {
  const hosts = outputs.hosts.map(({ name, role, address }) => `    ${name.padEnd(12)}${role.padEnd(15)}${address}`);
  const times = timings.map(({ part, seconds }) => `    ${part.padEnd(16)}${seconds.toFixed(1).padStart(6)} s`);
  const requests = visits.map((line) => `    ${line}`);
  const lines = [
    "",
    `  ${outputs.url}`,
    `  ${curl}`,
    "",
    `  release   ${outputs.release}`,
    "  hosts",
    ...hosts,
    "  requested as a visitor",
    ...requests,
    "  time",
    ...times,
    "",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

runMain(bringUp);
