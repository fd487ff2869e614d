import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { sha256 } from "../../lib/base/digest";
import type { TestStack } from "./testStack";
import { writeWheel } from "./wheelFile";

/** What interpreters, installers and test runners import by themselves, and modules that they use. */
const names = ["sitecustomize", "usercustomize", "conftest", "json", "zipfile", "compileall", "pip", "hostile"];
const places = ["/", "/etc", "/opt/portico", "/root", "/run", "/tmp", "/var/lib", "/var/tmp"];

/** A wheel whose every part notes who ran it: in a file wherever it may write one, and in the process itself. */
export class HostileWheel {
  private readonly mark = `hostile-${randomBytes(6).toString("hex")}`;

  /** Locks it beside what the application has; answers what takes that back. */
  plant(stack: TestStack, program = "hostile"): () => void {
    const folder = path.join(stack.folder, this.mark, "wheels");
    mkdirSync(folder, { recursive: true });
    const releases = path.join(stack.stateFolder, "releases");
    const archive = readdirSync(releases).find((name) => name.startsWith("wheels-"))!;
    execFileSync("tar", ["--extract", `--file=${path.join(releases, archive)}`, `--directory=${path.dirname(folder)}`]);
    const wheel = writeWheel(folder, {
      ...Object.fromEntries(names.map((name) => [`${name}.py`, this.code(name)])),
      "start.pth": `import os; exec(${JSON.stringify(this.code("pth"))})\n`,
      "hostile-1.0.dist-info/entry_points.txt": `[console_scripts]\n${program} = hostile:main\n[pip.commands]\nx = hostile:main\n`,
    });
    const line = `hostile==1.0 --hash=sha256:${sha256(readFileSync(wheel))}`;
    return stack.edit("app/requirements.lock", (text) => `--no-index\n--find-links ${folder}\n${text}\n${line}\n`);
  }

  /** Files that it left on a machine, by what ran and the number of the user; they are removed. */
  leftOn(stack: TestStack, machine: string): string[] {
    return words(stack.onHost(machine, this.search));
  }

  leftHere(): string[] {
    return words(execFileSync("sh", ["-c", this.search], { encoding: "utf8" }));
  }

  private get search(): string {
    return `find ${places.join(" ")} -mindepth 1 -maxdepth 1 -name '${this.mark}-*' -printf '%f\\n' -delete | cut -d - -f 3-`;
  }

  private code(name: string): string {
    return [
      "import os, sys",
      `sys.__dict__.setdefault("hostile", []).append(["${name}", os.getuid(), os.geteuid()])`,
      `for place in ${JSON.stringify(places)}:`,
      `    try: open(f"{place}/${this.mark}-${name}-{os.geteuid()}", "w").close()`,
      "    except OSError: pass",
      "",
    ].join("\n");
  }
}

function words(text: string): string[] {
  return [...new Set(text.split(/\s+/).filter((word) => word !== ""))].sort();
}
