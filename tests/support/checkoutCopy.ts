import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";

export const checkout = path.resolve(__dirname, "../..");

/** All files that belong to the checkout, relative to it. */
export function listCheckout(): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: checkout,
    encoding: "utf8",
  });
  return listed.split("\0").filter((file) => file !== "" && existsSync(path.join(checkout, file)));
}

/** Copies what belongs to the checkout into a new folder, which then has files and state of its own. */
export function copyCheckout(folder: string): void {
  mkdirSync(folder, { recursive: true });
  // A checkout beside another one may have a link of that name, which is no folder to git.
  for (const file of listCheckout().filter((name) => name !== "node_modules"))
    cpSync(path.join(checkout, file), path.join(folder, file), { verbatimSymlinks: true });
  symlinkSync(path.join(checkout, "node_modules"), path.join(folder, "node_modules"));
}
