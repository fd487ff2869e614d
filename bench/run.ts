import { loadavg } from "node:os";
import { runMain } from "../bin/commands/base/main";
import { describeComputer } from "./base/computer";
import { beyondInterrupts, takeInterrupts } from "./base/interruption";
import { claim } from "./base/oneRun";
import { networks, workspace } from "./base/places";
import { say } from "./base/progress";
import { measureAll } from "./measures/all";
import { readOptions, type Options } from "./options";
import { bare } from "./peers/bare";
import { PeerMachines } from "./peers/machines";
import type { Peer, PeerStack } from "./peers/peer";
import { Portico } from "./peers/portico";
import { removeAll } from "./peers/removal";
import { stock } from "./peers/stock";
import { writePage, writeResults } from "./report/file";
import { StockFleet } from "./peers/stockFleet";
import type { Results } from "./report/results";

runMain(async (words) => {
  const options = readOptions(words);
  if (options.pageFile !== undefined) {
    writePage(options.pageFile);
    return 0;
  }
  const release = claim(`${workspace}.run`);
  try {
    return options.action === "down" ? await removeAll().then(() => 0) : await measure(options, words);
  } finally {
    release();
  }
});

async function measure(options: Options, words: readonly string[]): Promise<number> {
  const loadBefore = loadavg()[0]!;
  takeInterrupts();
  try {
    const { stacks, porticos, fleet } = stacksOf(options);
    const peers: Peer[] = [];
    for (const stack of stacks) {
      say(`${stack.name}: bringing it up`);
      peers.push(await stack.up());
    }
    const results: Results = {
      started: new Date().toISOString(),
      command: ["npm run bench --", ...words].join(" "),
      computer: describeComputer(),
      loadBefore,
      peers: Object.fromEntries(peers.map(({ name, about }) => [name, about])),
      figures: [],
    };
    // What was measured stays, should the run end early.
    await measureAll(options, { peers, porticos, fleet }, results, () => writeResults(results, options.out));
    say(`results: ${writeResults(results, options.out)}`);
    return 0;
  } catch (problem) {
    if (beyondInterrupts()) return 130;
    throw problem;
  } finally {
    beyondInterrupts();
    if (options.keep) say("machines stay up; npm run bench -- down removes them");
    else await removeAll();
  }
}

/** The kinds of workers are compared without machines. */
function stacksOf({ peers: chosen, porticos: given, only }: Options) {
  const peers = only.every((measure) => measure === "workers") ? [] : chosen;
  const machines = new PeerMachines();
  const fleet = new StockFleet(machines);
  const porticos = given.map(
    ({ name, source }, index) => new Portico({ name, source, prefix: networks.portico[index]!, hosts: 2 }),
  );
  const all: Record<string, PeerStack[]> = { portico: porticos, stock: [stock(fleet)], bare: [bare(machines)] };
  return { stacks: peers.flatMap((name) => all[name]!), porticos: peers.includes("portico") ? porticos : [], fleet };
}
