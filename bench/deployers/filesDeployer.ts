import { readFileSync } from "node:fs";
import path from "node:path";
import { copySample } from "../peers/application";
import { startUnits, stockFile, workers } from "../peers/sampleOnMachine";
import type { StockFleet } from "../peers/stockFleet";
import type { Deployer } from "./deployer";
import { PulumiProgram } from "./pulumiProgram";
import { changeTemplate } from "./template";

/** A Pulumi program with a resource for each file of the application on each host. */
export function filesDeployer(fleet: StockFleet): Deployer {
  const program = new PulumiProgram("files");
  const app = path.join(program.folder, "app");
  const own = (name: string) => readFileSync(path.join(__dirname, "files", name), "utf8");

  const fit = async (hosts: number) => {
    await fleet.fit(hosts);
    const unit = stockFile("bare.service", { WORKERS: workers })
      .replace("WorkingDirectory=/srv/sample/app", "WorkingDirectory=/srv/files")
      .replace("0.0.0.0:8000", "0.0.0.0:8001");
    for (const { name } of fleet.hosts()) {
      // Folders are there already: the resource copies files only.
      fleet.machines.run(name, "cp -rT /srv/sample/app /srv/files && chown -R admin: /srv/files");
      startUnits(fleet.machines, name, { "files.service": unit });
    }
    const addresses = fleet.hosts().map(({ address }) => address);
    const settings = JSON.stringify({ addresses, keyFile: fleet.machines.loginKey });
    await program.create({ "Pulumi.yaml": own("Pulumi.yaml"), "index.js": own("index.js"), "fleet.json": settings });
    copySample(app);
  };

  const up = () => program.run(["up", "--yes", "--skip-preview"]);
  return {
    name: "pulumi-files",
    about: "a Pulumi program with a resource for each file and host",
    fit,
    change: () => changeTemplate(app),
    deploy: up,
    preview: () => program.run(["preview"]),
    links: () => fleet.links(),
  };
}
