import type { Deployer } from "../deployers/deployer";
import type { EmptyProgram } from "../deployers/emptyProgram";
import type { Figure, Goal, Sample } from "../report/results";
import { noiseBefore } from "./measuring";

const floor = "floor";
type Step = [name: string, run: () => Promise<number>];

/** A second command with nothing changed, the engine's own, and a preview, beside an empty program's. */
export async function measureNoChange(
  deployers: readonly Deployer[],
  empty: EmptyProgram,
  rounds: number,
  report: (figures: Figure[]) => void,
): Promise<void> {
  await empty.create();
  for (const { deploy } of deployers) await deploy();
  const up: Step[] = [[floor, () => empty.up()], ...deployers.map(({ name, deploy }): Step => [name, deploy])];
  const engine: Step[] = [[floor, () => empty.up()], ...stepsOf(deployers, "engine")];
  const preview: Step[] = [[floor, () => empty.preview()], ...stepsOf(deployers, "preview")];
  report([
    figure("nochange command", "nothing changed, whole command", await interleave(up, rounds), 1),
    figure("nochange engine", "nothing changed, pulumi up", await interleave(engine, rounds), 1),
    figure("nochange preview", "nothing changed, pulumi preview", await interleave(preview, rounds), 3),
  ]);
}

function stepsOf(deployers: readonly Deployer[], key: "engine" | "preview"): Step[] {
  return deployers.flatMap((deployer): Step[] => {
    const run = deployer[key];
    return run === undefined ? [] : [[deployer.name, run]];
  });
}

async function interleave(steps: readonly Step[], rounds: number): Promise<Figure["series"]> {
  const series: Record<string, Sample[]> = Object.fromEntries(steps.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const [name, run] of steps) {
      const noisy = await noiseBefore();
      series[name]!.push({ value: await run(), ...(noisy === undefined ? {} : { noisy }) });
    }
  return series;
}

function figure(id: string, title: string, series: Figure["series"], plus: number): Figure {
  const goals: Goal[] = [{ peer: floor, plus }];
  return { id, measure: "nochange", title, unit: "s", better: "less", reference: floor, goals, series };
}
