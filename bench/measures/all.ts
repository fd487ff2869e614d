import { ansible } from "../deployers/ansible";
import type { Deployer } from "../deployers/deployer";
import { EmptyProgram } from "../deployers/emptyProgram";
import { filesDeployer } from "../deployers/filesDeployer";
import { porticoDeployer } from "../deployers/porticoDeployer";
import type { Options } from "../options";
import { paths } from "../peers/application";
import { protocolNames, type Peer } from "../peers/peer";
import type { Portico } from "../peers/portico";
import type { StockFleet } from "../peers/stockFleet";
import type { Figure, Measure, Results } from "../report/results";
import { spreadOf } from "../report/statistics";
import { figureText, referencePeer } from "../report/table";
import { measureHeavyReleases } from "./heavyRelease";
import { measureLatency, type Capacities } from "./latency";
import { measureMemory } from "./memory";
import { measureNoChange } from "./noChange";
import { fullPlan, quickPlan, type Plan } from "./plan";
import { measureReleases } from "./release";
import { measureSetup } from "./setup";
import { measureStreams } from "./streams";
import { measureThroughput } from "./throughput";
import { measureWorkers } from "../workers/measure";

export interface Stage {
  peers: readonly Peer[];
  porticos: readonly Portico[];
  fleet: StockFleet;
}

/** Measures what was asked for, each figure printed and saved as soon as it is there. */
export async function measureAll(options: Options, stage: Stage, results: Results, save: () => void): Promise<void> {
  const plan = planOf(options);
  const asked = (...measures: Measure[]) => measures.some((measure) => options.only.includes(measure));
  const report = (figures: Figure[]) => {
    const wanted = figures.filter(({ measure }) => options.only.includes(measure));
    results.figures.push(...wanted);
    save();
    process.stdout.write(wanted.map((figure) => `${figureText(figure)}\n`).join(""));
  };
  const { peers } = stage;
  let measured: Figure[] = [];
  // The processor time of a request is read in the same runs.
  if (asked("throughput", "cpu"))
    measured = await measureThroughput(peers, plan, asked("throughput") ? ["h1", "h2"] : ["h1"], report);
  if (asked("memory")) report(measureMemory(peers));
  if (asked("latency")) await measureLatency(peers, plan, capacitiesIn(measured), report);
  if (asked("streams")) report(await measureStreams(peers, plan.streamRounds));
  if (asked("release", "bytes", "nochange")) await measureDeployments(options, stage, plan, asked, report);
  if (asked("workers")) report(await measureWorkers(plan));
  if (asked("setup")) report(await measureSetup(options.porticos));
}

function planOf({ quick, rounds, hosts }: Options): Plan {
  const plan = quick ? quickPlan : fullPlan;
  const counted =
    rounds === undefined ? {} : { rounds, latencyRounds: rounds, releaseRounds: rounds, streamRounds: rounds };
  return { ...plan, ...counted, hostCounts: hosts ?? plan.hostCounts };
}

/** Nothing changed comes first: the stack has two hosts then, as the one that people start with. */
async function measureDeployments(
  { quick }: Options,
  { porticos, fleet }: Stage,
  plan: Plan,
  asked: (...measures: Measure[]) => boolean,
  report: (figures: Figure[]) => void,
): Promise<void> {
  const pipelined = ansible(fleet, true);
  const deployers: Deployer[] = [...porticos.map(porticoDeployer), pipelined];
  if (!quick) deployers.push(ansible(fleet, false), filesDeployer(fleet));
  if (asked("nochange")) {
    for (const deployer of deployers) await deployer.fit(2);
    await measureNoChange(deployers, new EmptyProgram(), plan.releaseRounds, report);
  }
  if (asked("release", "bytes")) await measureReleases(deployers, plan.hostCounts, plan.releaseRounds, report);
  if (asked("bytes") && !quick) report(await measureHeavyReleases(porticos, plan.releaseRounds));
}

/** What stock can do by path, over HTTP/1.1. */
function capacitiesIn(figures: readonly Figure[]): Capacities {
  return Object.fromEntries(
    Object.values(paths).map((path) => {
      const figure = figures.find(({ id }) => id === `throughput throughput ${path} ${protocolNames.h1}`);
      const samples = figure?.series[referencePeer];
      return [path, samples === undefined ? undefined : spreadOf(samples.map(({ value }) => value)).median];
    }),
  );
}
