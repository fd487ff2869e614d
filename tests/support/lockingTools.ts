import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { isolatedPython, provideTool } from "../../lib/release/locks/tools";
import { run } from "./run";

const runModule =
  "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)";

/** Locks the project in `folder` with the tool itself, from one index, as its owner would. Its home is a folder of its own. */
export async function lockWith(tool: "uv" | "poetry" | "pipenv", words: string[], folder: string, url?: string) {
  const home = path.join(folder, "..", `${path.basename(folder)}-home`);
  mkdirSync(home, { recursive: true });
  const place = await provideTool(tool);
  const command =
    tool === "uv"
      ? [path.join(place, "bin", "uv"), ...words]
      : [isolatedPython[0], "-c", runModule, place, tool, ...words];
  const env = {
    ...process.env,
    HOME: home,
    LC_ALL: "C.UTF-8",
    ...(url !== undefined && { UV_DEFAULT_INDEX: url }),
    UV_PYTHON_DOWNLOADS: "never",
    UV_PYTHON: "python3",
  };
  const made = await run(command, { cwd: folder, env: { ...env, PIPENV_IGNORE_VIRTUALENVS: "1", PYTHONPATH: place } });
  if (made.code !== 0) throw new Error(`${tool} ${words.join(" ")}: ${made.output}`);
}

/** A copy of a locked project, for a test that changes it. */
export function copyOf(folder: string, place: string): string {
  cpSync(folder, place, { recursive: true });
  return place;
}
