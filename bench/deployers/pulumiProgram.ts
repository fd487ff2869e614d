import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cleanEnvironment } from "../base/command";
import { runEngine } from "../base/engine";
import { checkout, workspace } from "../base/places";

/** A program for the engine that Portico uses, in a folder and with a state of its own. */
export class PulumiProgram {
  readonly folder: string;

  constructor(readonly name: string) {
    this.folder = path.join(workspace, `program-${name}`);
  }

  /** Makes the folder anew; the state stays. `files` by name: text. */
  async create(files: Record<string, string>): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    rmSync(path.join(this.folder, "node_modules"), { force: true });
    symlinkSync(path.join(checkout, "node_modules"), path.join(this.folder, "node_modules"));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(this.folder, name), text);
    await this.run(["stack", "select", "--create", this.name]);
  }

  /** Runs the engine as by hand; answers its seconds. */
  async run(words: readonly string[]): Promise<number> {
    const environment = { ...cleanEnvironment(), PORTICO_STATE_DIR: path.join(this.folder, "state") };
    return (await runEngine({ checkout, stack: this.name, folder: this.folder, environment }, words)).seconds;
  }
}
