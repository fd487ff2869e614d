import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cleanEnvironment, demand } from "../base/command";
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

  get exists(): boolean {
    return existsSync(this.folder);
  }

  /** Runs the engine as by hand, in the environment of bin/env; answers its seconds, those of bin/env not counted. */
  async run(words: readonly string[]): Promise<number> {
    const stateFolder = path.join(this.folder, "state");
    const environment = { ...cleanEnvironment(), PORTICO_STATE_DIR: stateFolder };
    const { stdout } = await demand([path.join(checkout, "bin/env"), this.name], { env: environment });
    const script = `eval "$1"; shift; exec pulumi "$@"`;
    const command = ["bash", "-c", script, "bash", stdout, ...words];
    return (await demand(command, { cwd: this.folder, env: environment })).seconds;
  }
}
