import { ticksPerSecond } from "../base/processes";
import { closedLoop, type ClosedLoop } from "../load/h2load";
import { paths } from "../peers/application";
import { protocolNames, type Peer, type Protocol } from "../peers/peer";
import type { Figure, Goal, Sample } from "../report/results";
import { observed, type Observed } from "./measuring";
import type { Plan } from "./plan";
import { interleaved, mapValues } from "./rounds";

/** Goals of the project, each against the stock set-up: the page and files have to gain more. */
const goals: Record<keyof typeof paths, number> = { health: 1.2, facts: 1.2, page: 1.5, static: 1.5 };
const stock = (ratio: number): Goal[] => [{ peer: "stock", ratio }];

/** Requests per second, and the processor time of each, by path and protocol. */
export async function measureThroughput(
  peers: readonly Peer[],
  plan: Plan,
  protocols: readonly Protocol[],
  report: (figures: Figure[]) => void,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const protocol of protocols)
    for (const kind of protocol === "h1" ? (Object.keys(paths) as (keyof typeof paths)[]) : plan.http2) {
      const path = paths[kind];
      const able = peers.filter((peer) => peer.protocols.includes(protocol));
      const load = (peer: Peer) => closedLoop(peer, path, protocol, plan);
      for (const peer of able) await closedLoop(peer, path, protocol, { ...plan, seconds: 1 });
      const runs = await interleaved(able, plan.rounds, (peer) => observed(peer, () => load(peer)));
      const made = figuresOf(`${path} ${protocolNames[protocol]}`, runs, goals[kind]);
      report(made);
      figures.push(...made);
    }
  return figures;
}

type Runs = Record<string, Observed<ClosedLoop>[]>;

function figuresOf(what: string, runs: Runs, goal: number): Figure[] {
  const figure = (
    measure: Figure["measure"],
    title: string,
    value: (run: Observed<ClosedLoop>) => number,
    wanted: Goal[],
  ): Figure => ({
    id: `${measure} ${title} ${what}`,
    measure,
    title: `${title}, ${what}`,
    unit: measure === "throughput" ? "requests/s" : "µs/request",
    better: measure === "throughput" ? "more" : "less",
    goals: wanted,
    series: mapValues(runs, (each) =>
      each.map((run): Sample => ({ value: value(run), ...(run.noisy === undefined ? {} : { noisy: run.noisy }) })),
    ),
  });
  const micros = (ticks: number, run: Observed<ClosedLoop>) => (ticks / ticksPerSecond / run.value.done) * 1e6;
  return [
    figure("throughput", "throughput", ({ value }) => value.perSecond, stock(goal)),
    figure("cpu", "balancer's Nginx", (run) => micros(run.time.balancer, run), []),
    figure("cpu", "hosts' Nginx", (run) => micros(run.time.hostNginx, run), []),
    figure("cpu", "both Nginx", (run) => micros(run.time.balancer + run.time.hostNginx, run), stock(0.85)),
    figure("cpu", "application", (run) => micros(run.time.application, run), [{ peer: "bare", ratio: 1.3 }]),
    figure("cpu", "kernel and others", (run) => micros(run.time.rest + run.time.other, run), []),
  ];
}
