import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";

const checkout = path.resolve(__dirname, "../..");

/** Copies what belongs to the checkout into a new folder, so that a test's stack has files and state of its own. */
export function copyCheckout(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: checkout, encoding: "utf8" });
  for (const file of files.split("\0").filter((name) => name !== "" && existsSync(path.join(checkout, name)))) {
    cpSync(path.join(checkout, file), path.join(folder, file));
  }
  symlinkSync(path.join(checkout, "node_modules"), path.join(folder, "node_modules"));
}
