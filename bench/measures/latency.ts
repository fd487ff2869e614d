import { closedLoop } from "../load/h2load";
import { constantRate, type Latencies } from "../load/vegeta";
import { paths } from "../peers/application";
import { protocolNames, type Peer } from "../peers/peer";
import type { Figure, Goal, Sample } from "../report/results";
import { spreadOf } from "../report/statistics";
import { observed, type Observed } from "./measuring";
import type { Plan } from "./plan";
import { interleaved, mapValues } from "./rounds";

const goal: Goal[] = [{ peer: "stock", ratio: 0.8 }];
/** Clients that each wait for a page of a second, and the rate of quick requests beside them. */
const slow = { clients: 8, path: "/slow?seconds=1", quickPerSecond: 50 };

/** Requests per second of stock by path, where they were measured already in this run. */
export type Capacities = Partial<Record<string, number>>;

/** Latencies at half of what stock can do, and of quick requests beside slow ones; over HTTP/1.1. */
export async function measureLatency(
  peers: readonly Peer[],
  plan: Plan,
  capacities: Capacities,
  report: (figures: Figure[]) => void,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const take = (made: Figure[]) => {
    report(made);
    figures.push(...made);
  };
  for (const path of plan.latency.map((kind) => paths[kind])) {
    const rate = Math.round((capacities[path] ?? (await capacityOf(peers, path, plan))) / 2);
    const measure = (peer: Peer) => observed(peer, () => constantRate(peer, path, "h1", rate, plan.latencySeconds));
    const runs = await interleaved(peers, plan.latencyRounds, measure);
    take(figuresOf(`${path} ${protocolNames.h1} at ${rate} requests/s`, runs, ["p50", "p99", "p999"], goal));
  }
  const runs = await interleaved(peers, plan.latencyRounds, (peer) => observed(peer, () => besideSlow(peer, plan)));
  take(figuresOf(`${paths.health} beside ${slow.clients} clients on a page of 1 s`, runs, ["p50", "p99"], goal));
  return figures;
}

async function capacityOf(peers: readonly Peer[], path: string, plan: Plan): Promise<number> {
  const peer = peers.find(({ name }) => name === "stock") ?? peers[0]!;
  const runs: number[] = [];
  for (let round = 0; round < 3; round += 1) runs.push((await closedLoop(peer, path, "h1", plan)).perSecond);
  return spreadOf(runs).median;
}

async function besideSlow(peer: Peer, { latencySeconds }: Plan): Promise<Latencies> {
  const seconds = latencySeconds + 2;
  const background = closedLoop(peer, slow.path, "h1", { connections: slow.clients, seconds });
  const [latencies] = await Promise.all([
    constantRate(peer, paths.health, "h1", slow.quickPerSecond, latencySeconds),
    background,
  ]);
  return latencies;
}

const titles = { p50: "p50", p99: "p99", p999: "p99.9" } as const;

function figuresOf(
  what: string,
  runs: Record<string, Observed<Latencies>[]>,
  percentiles: (keyof typeof titles)[],
  goals: Goal[],
): Figure[] {
  return percentiles.map((key) => ({
    id: `latency ${titles[key]} ${what}`,
    measure: "latency",
    title: `${titles[key]}, ${what}`,
    unit: "ms",
    better: "less",
    goals: key === "p99" ? goals : [],
    series: mapValues(runs, (each) => each.map((run) => sampleOf(run, key))),
  }));
}

/** A run in which a request failed is no quiet one, whatever the others took. */
function sampleOf({ value, noisy }: Observed<Latencies>, key: keyof typeof titles): Sample {
  const why = value.failed > 0 ? `${value.failed} of ${value.requests} requests failed` : noisy;
  return { value: value[key], ...(why === undefined ? {} : { noisy: why }) };
}
