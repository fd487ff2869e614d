import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { identify, lives } from "../../bin/commands/base/processes";

/** Takes a file that says which run uses the machines; raises an error where another one does. The file goes with its run. */
export function claim(file: string): () => void {
  mkdirSync(file.replace(/\/[^/]*$/, ""), { recursive: true });
  const holder = read(file);
  if (holder !== "" && lives(holder))
    throw new Error(
      `machines of the bench: got another run that uses them, process ${holder.split(":")[0]}; allowed: one at a time; wait for its end`,
    );
  writeFileSync(file, identify(process.pid) ?? "");
  return () => rmSync(file, { force: true });
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
