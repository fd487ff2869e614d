import { join } from "node:path";
import { hostMarkers } from "../python/markers";
import { describeTarget, platformTags } from "../python/platformTags";
import { answerOf, type Exporter } from "./exporter";
import { isolatedPython, runTool } from "./tools";

/** It names no file that it was made of: whether it is old nobody can tell. */
export const pylock: Exporter = {
  async export({ name, folder, tool, extras, groups, targets }) {
    const described = targets.map((target) => ({
      name: describeTarget(target),
      environment: hostMarkers(target.python, target.architecture),
      platforms: platformTags(target),
    }));
    const input = JSON.stringify({ name, extras, groups, targets: described });
    const words = [...isolatedPython, join(__dirname, "exportPylock.py"), tool];
    return answerOf(name, await runTool(words, { folder, input }), "lock it anew");
  },
};
