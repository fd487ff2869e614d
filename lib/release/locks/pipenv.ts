import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ExportCall, type Exporter, refuse } from "./exporter";
import { isolatedPython, runTool } from "./tools";

const script =
  "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module('pipenv', run_name='__main__')";
const environment = { PIPENV_DONT_LOAD_ENV: "1", PIPENV_IGNORE_VIRTUALENVS: "1", PIPENV_NOSPIN: "1" };
const lockAgain = "run `pipenv lock`";

export const pipenv: Exporter = { manifest: "Pipfile", export: exportLock };

async function exportLock({ name, folder, tool, extras, groups }: ExportCall): Promise<string> {
  if (extras.length > 0) refuse(name, `app.extras ${extras.join()}, which Pipenv has none of`, "use app.groups");
  checkForm(name, await readFile(join(folder, name), "utf8"), groups);
  const run = async (...words: string[]) => {
    const { exitCode, output, errors } = await runTool([...isolatedPython, "-c", script, tool, ...words], {
      folder,
      environment,
    });
    return exitCode === 0 ? output : refuse(name, (errors + output).trim(), lockAgain);
  };
  await run("verify");
  return run("requirements", "--hash", "--exclude-index", "--categories", ["packages", ...groups].join(" "));
}

interface PipfileLock {
  _meta?: Readonly<Record<string, unknown>>;
  [category: string]: unknown;
}

const knownForm = 6;

/** Pipenv itself takes any form for its own, and leaves out silently a group that is not there. */
function checkForm(name: string, text: string, groups: readonly string[]): void {
  const lock = parse(name, text);
  const found = lock._meta?.["pipfile-spec"];
  if (found !== knownForm) refuse(name, `pipfile-spec ${String(found)}, where ${knownForm} is known`, lockAgain);
  const missing = groups.filter((group) => !Object.hasOwn(lock, group === "dev-packages" ? "develop" : group));
  if (missing.length > 0) refuse(name, `no group ${missing.join()}`, "mend app.groups");
}

function parse(name: string, text: string): PipfileLock {
  try {
    return Object(JSON.parse(text)) as PipfileLock;
  } catch (error) {
    return refuse(name, (error as Error).message, lockAgain);
  }
}
