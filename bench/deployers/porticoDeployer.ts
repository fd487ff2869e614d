import path from "node:path";
import type { Portico } from "../peers/portico";
import type { Deployer } from "./deployer";
import { changeTemplate } from "./template";

/** Portico as people use it: `bin/up`. */
export function porticoDeployer(stack: Portico): Deployer {
  return {
    name: stack.name,
    about: "bin/up",
    fit: (hosts) => stack.resize(hosts),
    change: () => changeTemplate(path.join(stack.folder, "app")),
    deploy: async () => (await stack.update()).seconds,
    preview: async () => (await stack.pulumi(["preview"])).seconds,
    engine: async () => (await stack.pulumi(["up", "--yes", "--skip-preview"])).seconds,
    links: () => stack.links(),
  };
}
