import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ignore from "ignore";

/** Name of the file in the application folder that leaves more out of releases, in the form of a .gitignore. */
export const ignoreFileName = ".porticoignore";

/**
 * What no release holds: things made by tools, histories, and .env files, since secrets have their own way to
 * a host. A line such as `!.env.example` in .porticoignore takes one back in.
 */
const alwaysIgnored = [
  "__pycache__",
  "*.pyc",
  "*.pyo",
  ".venv",
  "venv",
  ".git",
  ".hg",
  "node_modules",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".portico",
  ".env",
  ".env.*",
  ".DS_Store",
  "Thumbs.db",
  ignoreFileName,
];

/** What is to become of a path below the application folder. */
export interface IgnoreRules {
  staysOut(path: string, isFolder: boolean): boolean;
  /** Whether a line with ! takes a file in by its name. */
  isWanted(path: string): boolean;
}

export async function readIgnoreRules(folder: string): Promise<IgnoreRules> {
  const own = await readFile(join(folder, ignoreFileName), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const rules = ignore({ ignorecase: false }).add(alwaysIgnored).add(own);
  return {
    staysOut: (path, isFolder) => rules.ignores(isFolder ? `${path}/` : path),
    isWanted: (path) => rules.test(path).unignored,
  };
}
