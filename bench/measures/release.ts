import { bytesTo } from "../peers/machines";
import type { Deployer } from "../deployers/deployer";
import type { Figure, Goal, Sample } from "../report/results";
import { noiseBefore } from "./measuring";

const timeGoal = (hosts: number): Goal[] => (hosts === 3 ? [{ peer: "ansible-pipelined", ratio: 0.25 }] : []);

interface Deployment {
  seconds: Sample;
  /** Kilobytes that went to one application host, the mean over all of them. */
  kilobytes: Sample;
}

/** One line of a template changed and brought to so many hosts: seconds of the whole command, and what goes over the wire. */
export async function measureReleases(
  deployers: readonly Deployer[],
  hostCounts: readonly number[],
  rounds: number,
  report: (figures: Figure[]) => void,
): Promise<void> {
  for (const hosts of hostCounts) {
    const series: Record<string, Deployment[]> = Object.fromEntries(deployers.map(({ name }) => [name, []]));
    for (const deployer of deployers) {
      await deployer.fit(hosts);
      await deployer.deploy();
    }
    for (let round = 0; round < rounds; round += 1)
      for (const deployer of deployers) series[deployer.name]!.push(await release(deployer));
    report(figuresOf(hosts, series));
  }
}

/** One change and its deployment. */
export async function release(deployer: Deployer): Promise<Deployment> {
  const noisy = await noiseBefore();
  const links = deployer.links();
  const sum = () => links.reduce((bytes, link) => bytes + bytesTo(link), 0);
  deployer.change();
  const before = sum();
  const seconds = await deployer.deploy();
  const kilobytes = (sum() - before) / links.length / 1000;
  const mark = noisy === undefined ? {} : { noisy };
  return { seconds: { value: seconds, ...mark }, kilobytes: { value: kilobytes, ...mark } };
}

function figuresOf(hosts: number, series: Record<string, Deployment[]>): Figure[] {
  const what = `one line to ${hosts} ${hosts === 1 ? "host" : "hosts"}`;
  const pick = (key: keyof Deployment) =>
    Object.fromEntries(Object.entries(series).map(([name, runs]) => [name, runs.map((run) => run[key])]));
  return [
    {
      id: `release ${hosts}`,
      measure: "release",
      title: `release, ${what}`,
      unit: "s",
      better: "less",
      reference: "ansible-pipelined",
      goals: timeGoal(hosts),
      series: pick("seconds"),
    },
    {
      id: `bytes ${hosts}`,
      measure: "bytes",
      title: `sent to each host, ${what}`,
      unit: "kB",
      better: "less",
      reference: "ansible-pipelined",
      goals: [],
      series: pick("kilobytes"),
    },
  ];
}
