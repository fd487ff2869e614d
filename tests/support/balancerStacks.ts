import { awsFile } from "./awsFile";
import { Program } from "./programMocks";
import type { Recording } from "./recording";
import { readStackFile } from "./stackFile";

/** The two stacks of target aws, recorded for questions about their balancer. */
export class BalancerStacks {
  readonly program: Program;
  staging!: Recording;
  prod!: Recording;

  constructor(folder: string) {
    this.program = new Program(folder);
  }

  async record(): Promise<this> {
    this.staging = await this.program.run({ file: readStackFile("staging"), stack: "staging" });
    this.prod = await this.program.run({ file: readStackFile("prod"), stack: "prod" });
    return this;
  }

  /** Staging with other settings, as its next update. */
  run(aws: Parameters<typeof awsFile>[1], rest = {}, more = {}): Promise<Recording> {
    return this.program.run({
      file: awsFile("staging", aws, rest),
      stack: "staging",
      history: this.staging.outputsOf("Stack").history,
      ...more,
    });
  }

  inputsOf(label: string, recording = this.staging) {
    return recording.get(label).inputs;
  }

  dependenciesOf(label: string, recording = this.staging) {
    return recording.get(label).options.dependsOn;
  }
}
