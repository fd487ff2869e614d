import { constantRate } from "../load/vegeta";
import { closedLoopAnew } from "../load/wrk";
import type { Figure, Sample } from "../report/results";
import { kinds, Workers } from "./workers";
import { noiseBefore } from "../measures/measuring";
import type { Plan } from "../measures/plan";

const slowClients = 8;
const quickPerSecond = 50;
type Measurement = (workers: Workers, plan: Plan) => Promise<number>;

const figures: (Pick<Figure, "title" | "unit" | "better"> & { measurement: Measurement })[] = [
  {
    title: "workers, a quick page",
    unit: "requests/s",
    better: "more",
    measurement: ({ origin }, plan) => closedLoopAnew(`${origin}/quick`, plan),
  },
  {
    title: "workers, a page that waits 50 ms",
    unit: "requests/s",
    better: "more",
    measurement: ({ origin }, plan) => closedLoopAnew(`${origin}/wait`, plan),
  },
  {
    title: `workers, p99 of a quick page beside ${slowClients} clients on one of 1 s`,
    unit: "ms",
    better: "less",
    measurement: besideSlow,
  },
];

/** What the kinds of workers do with pages that compute, that wait, and that are slow: each kind by itself, in turns. */
export async function measureWorkers(plan: Plan): Promise<Figure[]> {
  const series: Record<string, Sample[]>[] = figures.map(() =>
    Object.fromEntries(Object.keys(kinds).map((name) => [name, []])),
  );
  for (let round = 0; round < plan.rounds; round += 1)
    for (const [place, [name, settings]] of Object.entries(kinds).entries()) {
      const workers = new Workers(name, settings, place);
      try {
        await workers.start();
        for (const [index, { measurement }] of figures.entries()) {
          const noisy = await noiseBefore();
          series[index]![name]!.push({ value: await measurement(workers, plan), ...(noisy && { noisy }) });
        }
      } finally {
        await workers.end();
      }
    }
  return figures.map(({ title, unit, better }, index) => ({
    id: title,
    measure: "workers",
    title,
    unit,
    better,
    reference: Object.keys(kinds)[0]!,
    goals: [],
    series: series[index]!,
  }));
}

async function besideSlow(workers: Workers, { latencySeconds }: Plan): Promise<number> {
  const background = closedLoopAnew(`${workers.origin}/slow`, {
    connections: slowClients,
    seconds: latencySeconds + 2,
  });
  const [{ p99 }] = await Promise.all([
    constantRate(workers, "/quick", "h1", quickPerSecond, latencySeconds),
    background,
  ]);
  return p99;
}
