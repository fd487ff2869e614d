import type { Options } from "../options";
import { protocolNames, type Peer } from "../peers/peer";
import { paths } from "../peers/application";
import type { Figure, Measure, Results } from "../report/results";
import { spreadOf } from "../report/statistics";
import { figureText, referencePeer } from "../report/table";
import { measureLatency, type Capacities } from "./latency";
import { fullPlan, quickPlan } from "./plan";
import { measureThroughput } from "./throughput";

/** Measures what was asked for, each figure printed as soon as it is there. */
export async function measureAll(options: Options, peers: readonly Peer[], results: Results): Promise<void> {
  const base = options.quick ? quickPlan : fullPlan;
  const plan = { ...base, rounds: options.rounds ?? base.rounds };
  const asked = (...measures: Measure[]) => measures.some((measure) => options.only.includes(measure));
  const report = (figures: Figure[]) => {
    const wanted = figures.filter(({ measure }) => options.only.includes(measure));
    results.figures.push(...wanted);
    process.stdout.write(wanted.map(figureText).join("\n"));
  };
  let measured: Figure[] = [];
  // The processor time of a request is read in the same runs.
  if (asked("throughput", "cpu"))
    measured = await measureThroughput(peers, plan, asked("throughput") ? ["h1", "h2"] : ["h1"], report);
  if (asked("latency")) await measureLatency(peers, plan, capacitiesIn(measured), report);
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
