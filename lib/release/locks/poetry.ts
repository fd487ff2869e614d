import { join } from "node:path";
import { answerOf, type Exporter } from "./exporter";
import { isolatedPython, runTool } from "./tools";

export const poetry: Exporter = {
  manifest: "pyproject.toml",
  async export({ name, folder, tool, extras, groups }) {
    const words = [...isolatedPython, join(__dirname, "exportPoetry.py"), tool, extras.join(), groups.join()];
    return answerOf(name, await runTool(words, { folder }), "run `poetry lock`");
  },
};
