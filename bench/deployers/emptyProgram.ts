import { PulumiProgram } from "./pulumiProgram";

const definition = "name: empty\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";

/** The engine's floor: an update and a preview of a program that declares nothing, with the same backend. */
export class EmptyProgram {
  private readonly program = new PulumiProgram("empty");

  async create(): Promise<void> {
    await this.program.create({ "Pulumi.yaml": definition, "index.js": '"use strict";\nrequire("@pulumi/pulumi");\n' });
    await this.up();
  }

  up(): Promise<number> {
    return this.program.run(["up", "--yes", "--skip-preview"]);
  }

  preview(): Promise<number> {
    return this.program.run(["preview"]);
  }
}
