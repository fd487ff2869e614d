import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { addHeavyPackages } from "../deployers/heavyLock";
import { porticoDeployer } from "../deployers/porticoDeployer";
import type { Portico } from "../peers/portico";
import type { Figure, Sample } from "../report/results";
import { release } from "./release";

const mostKilobytes = 1000;

/** What goes to a host for a line of a template where the application has 60 MB of wheels, which are on the hosts already. */
export async function measureHeavyReleases(stacks: readonly Portico[], rounds: number): Promise<Figure[]> {
  const series: Record<string, Sample[]> = {};
  for (const stack of stacks) {
    const lock = path.join(stack.folder, "app/requirements.lock");
    const before = readFileSync(lock, "utf8");
    try {
      const deployer = porticoDeployer(stack);
      await deployer.fit(2);
      await addHeavyPackages(path.dirname(lock));
      await deployer.deploy();
      const runs: Sample[] = [];
      for (let round = 0; round < rounds; round += 1) runs.push((await release(deployer)).kilobytes);
      series[stack.name] = runs;
    } finally {
      writeFileSync(lock, before);
    }
  }
  return [
    {
      id: "bytes wheels",
      measure: "bytes",
      title: "sent to each host, one line with numpy, pandas and scipy in the lock",
      unit: "kB",
      better: "less",
      goals: [{ most: mostKilobytes }],
      series,
    },
  ];
}
