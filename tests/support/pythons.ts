import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A Python of this version, as "3.13", that can make environments: one on the path or one of pyenv; undefined when there is none. */
export function pythonOf(version: string): string | undefined {
  return ["python3", `python${version}`, ...pyenvPythons(version)].find((program) => isPython(program, version));
}

function pyenvPythons(version: string): string[] {
  const folder = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.startsWith(`${version}.`)).map((name) => join(folder, name, "bin", "python3"));
}

function isPython(program: string, version: string): boolean {
  const script = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])";
  return spawnSync(program, ["-I", "-c", script], { encoding: "utf8" }).stdout?.trim() === version;
}
