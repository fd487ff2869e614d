import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readIgnoreRules } from "../release/ignoreRules";

/** A Python file of a project; `path` is relative to its folder. */
export interface Source {
  path: string;
  text: string;
}

/** What is looked at of a project: its names, and its Python files. Nothing of it is executed. */
export interface ProjectFiles {
  /** All files, relative to the folder, sorted. */
  names: readonly string[];
  sources: readonly Source[];
}

/** A project's own files are few and small; whatever is more than this was made by tools. */
const mostFiles = 20_000;
const mostBytes = 512 * 1024;

export async function readProject(folder: string): Promise<ProjectFiles> {
  const rules = await readIgnoreRules(folder);
  const names: string[] = [];
  const visit = (path: string) => {
    for (const item of readdirSync(join(folder, path), { withFileTypes: true })) {
      const name = path === "" ? item.name : `${path}/${item.name}`;
      if (names.length >= mostFiles || rules.staysOut(name, item.isDirectory())) continue;
      if (item.isDirectory()) visit(name);
      else if (item.isFile()) names.push(name);
    }
  };
  visit("");
  names.sort();
  const isSource = (name: string) =>
    name.endsWith(".py") && !/(^|\/)(tests?|migrations)\/|(^|\/)(test_[^/]*|conftest)\.py$/.test(name);
  const small = names.filter((name) => isSource(name) && statSync(join(folder, name)).size <= mostBytes);
  return { names, sources: small.map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") })) };
}
