import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import type { Resolved } from "./checkout";

/** A test that hangs has noticed the fault as well. */
const limitMilliseconds = 300_000;

const running = new Set<ChildProcess>();

/** Ends what was started, with all that it started. */
export function endAll(): void {
  for (const { pid } of running) if (pid !== undefined) endGroup(pid);
}

export interface Command {
  folder: string;
  words: string[];
}

/** The fewest starts for these tests: one of jest, one of unittest for each folder. */
export function commandsFor(probes: readonly Pick<Resolved, "jestFiles" | "modules">[]): Command[] {
  const jestFiles = [...new Set(probes.flatMap((probe) => probe.jestFiles))];
  const modules = probes.flatMap((probe) => probe.modules);
  const python = [...new Set(modules.map(({ folder }) => folder))].map((folder) => ({
    folder,
    words: [
      "python3",
      "-m",
      "unittest",
      "--failfast",
      ...new Set(modules.filter((each) => each.folder === folder).map(({ module }) => module)),
    ],
  }));
  const jest = {
    folder: ".",
    words: ["node_modules/.bin/jest", "--bail", "--runInBand", "--silent", "--runTestsByPath", ...jestFiles],
  };
  return [...python, ...(jestFiles.length > 0 ? [jest] : [])];
}

/** The output of the first command that fails; undefined when all succeed. */
export async function firstFailure(copy: string, commands: readonly Command[]): Promise<string | undefined> {
  for (const { folder, words } of commands) {
    const output = await run(path.join(copy, folder), words, folder === "." ? {} : importing(copy, folder));
    if (output !== undefined) return output;
  }
  return undefined;
}

/** A module of tests that is started alone has to find the package beside its folder by itself. */
function importing(copy: string, folder: string): NodeJS.ProcessEnv {
  return { PYTHONPATH: path.join(copy, path.dirname(folder)) };
}

function run(cwd: string, [program, ...words]: string[], more: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...more };
    const child = spawn(program!, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const timer = setTimeout(() => {
      output += `\nnot done within ${limitMilliseconds / 1000} s`;
      endGroup(child.pid!);
    }, limitMilliseconds);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve(code === 0 ? undefined : output);
    });
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
