import { join } from "node:path";
import { type ExportCall, type Exporter, refuse } from "./exporter";
import { runTool } from "./tools";

/** Nothing of the project is built, no interpreter of it is asked, nor an index: a lock that would need it is refused. */
const still = ["--offline", "--no-build", "--no-python-downloads", "--no-progress", "--python", "python3"];
const form = ["--format", "requirements.txt", "--no-emit-project", "--no-annotate", "--no-header"];

export const uv: Exporter = { manifest: "pyproject.toml", settings: "uv.toml", export: exportLock };

async function exportLock({ name, folder, tool, extras, groups, onProgress }: ExportCall): Promise<string> {
  const chosen = [...extras.flatMap((each) => ["--extra", each]), ...groups.flatMap((each) => ["--group", each])];
  const run = (mode: string) => {
    const words = ["export", mode, ...still, ...form, "--no-default-groups", ...chosen];
    return runTool([join(tool, "bin", "uv"), ...words], { folder });
  };
  const proven = await run("--locked");
  if (proven.exitCode === 0) return proven.output;
  if (!/No interpreter found|Python requirement/.test(proven.errors)) refuseWith(name, proven.errors);
  // The hosts' Python may be newer than that of this computer, and uv compares the two files with a Python that the project allows only.
  const unproven = await run("--frozen");
  if (unproven.exitCode !== 0) refuseWith(name, unproven.errors);
  onProgress?.(
    `locks: ${name} is taken as it is: a Python that the project allows is not here to compare pyproject.toml`,
  );
  return unproven.output;
}

const doesNotFit = /needs to be updated|No solution found|Failed to generate package metadata|--no-build/;

function refuseWith(name: string, errors: string): never {
  const words = errors.replace(/^(Using CPython|Resolved \d+) .*\n/gm, "").replace(/^error: /, "");
  if (!doesNotFit.test(words)) refuse(name, words, "mend what uv complains of");
  const found = `not what pyproject.toml asks for now, or that cannot be told without a build of the project\n${words}`;
  refuse(
    name,
    found,
    "run `uv lock`; where code says what the project needs, run `uv export --no-emit-project --no-dev -o requirements.lock` and name that file",
  );
}
