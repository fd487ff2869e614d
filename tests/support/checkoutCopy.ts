import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";

export const checkout = path.resolve(__dirname, "../..");

/** All files that belong to a checkout, relative to it. */
export function listCheckout(source = checkout): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: source,
    encoding: "utf8",
  });
  return listed.split("\0").filter((file) => file !== "" && existsSync(path.join(source, file)));
}

/** Copies what belongs to a checkout into a new folder, which then has files and state of its own. */
export function copyCheckout(folder: string, source = checkout): void {
  mkdirSync(folder, { recursive: true });
  // A checkout beside another one may have a link of that name, which is no folder to git.
  for (const file of listCheckout(source).filter((name) => name !== "node_modules"))
    cpSync(path.join(source, file), path.join(folder, file), { verbatimSymlinks: true });
  symlinkSync(path.join(source, "node_modules"), path.join(folder, "node_modules"));
}
