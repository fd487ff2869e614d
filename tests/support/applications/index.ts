import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The applications beside this file, to be laid into a release. */
export function applicationFiles(): Record<string, string> {
  const modules = readdirSync(__dirname).filter((name) => name.endsWith(".py"));
  return Object.fromEntries(modules.map((name) => [name, readFileSync(join(__dirname, name), "utf8")]));
}
