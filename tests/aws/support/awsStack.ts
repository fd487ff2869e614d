import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run, type Run, type RunOptions } from "../../support/run";
import type { StandIn } from "./standIn";
import { parse } from "yaml";

export type Group = { [key: string]: unknown };

/** A resource as the engine's state has it, secrets encrypted. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  custom: boolean;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** An instance as EC2 describes it. */
export interface Instance {
  InstanceId: string;
  InstanceType: string;
  ImageId: string;
  PrivateIpAddress: string;
  State: { Name: string };
  Placement: { AvailabilityZone: string };
  Tags?: { Key: string; Value: string }[];
}

const secretLine = /^ +(portico:\w+:$|secure:)/;

/** A stack of target aws in a copy of the checkout: its own stack file, with the five places filled in for the stand-in. */
export class AwsStack {
  private readonly settings: Record<string, Group | string>;
  private secretLines = "";

  /**
   * @param folder the copy
   * @param changes settings by group, on top of the stack file's
   */
  constructor(
    readonly name: string,
    readonly folder: string,
    private readonly standIn: StandIn,
    changes: Record<string, Group>,
  ) {
    const { config } = parse(readFileSync(this.stackFile, "utf8")) as { config: Record<string, Group | string> };
    const given = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace(/^portico:/, ""), value]),
    );
    this.settings = merged(given, changes) as Record<string, Group | string>;
    this.writeStackFile();
  }

  get stackFile(): string {
    return path.join(this.folder, `Pulumi.${this.name}.yaml`);
  }

  get stateFolder(): string {
    return path.join(this.folder, ".portico", this.name);
  }

  /** Makes the empty stack, with a secret in its stack file. */
  async create(secretName: string, secret: string): Promise<void> {
    for (const [words, input] of [
      [["stack", "select", "--create", this.name], ""],
      [["config", "set", "--secret", secretName], secret],
    ] as const) {
      const { code, output } = await this.pulumi([...words], { input });
      if (code !== 0) throw new Error(output);
    }
    const lines = readFileSync(this.stackFile, "utf8").split("\n");
    this.secretLines = lines
      .filter(
        (line, index) => secretLine.test(line) && (/secure:/.test(line) || /secure:/.test(lines[index + 1] ?? "")),
      )
      .join("\n");
  }

  /** Changes settings, group by group and deep; answers what takes the change back. */
  set(changes: Record<string, Group>): () => void {
    const before = { ...this.settings };
    Object.assign(this.settings, merged(this.settings, changes));
    this.writeStackFile();
    return () => {
      Object.assign(this.settings, before);
      this.writeStackFile();
    };
  }

  up(): Promise<Run> {
    return this.command(["bin/up", this.name]);
  }

  down(): Promise<Run> {
    return this.command(["bin/down", this.name]);
  }

  preview(...words: string[]): Promise<Run> {
    return this.pulumi(["preview", "--non-interactive", "--diff", ...words]);
  }

  /** Pulumi as by hand, in the environment that bin/env prints. */
  pulumi(words: string[], options: RunOptions = {}): Promise<Run> {
    return this.command(
      ["bash", "-c", 'set -e; lines=$(bin/env "$0"); eval "$lines"; exec pulumi "$@"', this.name, ...words],
      options,
    );
  }

  /** The state as it lies in the file: secrets encrypted. */
  async state(): Promise<string> {
    const { code, stdout, output } = await this.pulumi(["stack", "export"]);
    if (code !== 0) throw new Error(output);
    return stdout;
  }

  async resources(): Promise<StateResource[]> {
    const { deployment } = JSON.parse(await this.state()) as { deployment: { resources?: StateResource[] } };
    return deployment.resources ?? [];
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.pulumi(["stack", "output", "--json"])).stdout) as Record<string, unknown>;
  }

  /** The living instances of the stack by the name of their machine. */
  instances(): Record<string, Instance> {
    const filters = [
      { Name: "tag:portico:stack", Values: [this.name] },
      { Name: "instance-state-name", Values: ["pending", "running"] },
    ];
    const { Reservations } = this.standIn.call<{ Reservations: { Instances: Instance[] }[] }>(
      "ec2",
      "describe_instances",
      { Filters: filters },
    );
    const found = Reservations.flatMap(({ Instances }) => Instances);
    return Object.fromEntries(
      found
        .map((instance) => [instance.Tags?.find(({ Key }) => Key === "portico:machine")?.Value ?? "", instance])
        .sort(),
    );
  }

  /** State of every target of the balancer, by the name of its machine. */
  targetStates(): Record<string, string> {
    const { TargetGroups } = this.standIn.call<{ TargetGroups: { TargetGroupArn: string }[] }>(
      "elbv2",
      "describe_target_groups",
    );
    const names = Object.fromEntries(
      Object.entries(this.instances()).map(([name, { InstanceId }]) => [InstanceId, name]),
    );
    const health = TargetGroups.flatMap(
      ({ TargetGroupArn }) =>
        this.standIn.call<{ TargetHealthDescriptions: { Target: { Id: string }; TargetHealth: { State: string } }[] }>(
          "elbv2",
          "describe_target_health",
          { TargetGroupArn },
        ).TargetHealthDescriptions,
    );
    return Object.fromEntries(
      health.map(({ Target, TargetHealth }) => [names[Target.Id] ?? Target.Id, TargetHealth.State]).sort(),
    );
  }

  /** Runs a shell script as root on a machine and answers its output. */
  onMachine(name: string, script: string): string {
    return this.standIn.onMachine(this.instances()[name]!.InstanceId, script);
  }

  private writeStackFile(): void {
    const lines = Object.entries(this.settings).map(([key, value]) => `  portico:${key}: ${JSON.stringify(value)}`);
    writeFileSync(this.stackFile, ["config:", ...lines, this.secretLines, ""].join("\n"));
  }

  private command(command: string[], options: RunOptions = {}): Promise<Run> {
    const own = Object.entries(process.env).filter(
      ([key]) => !/^(PULUMI_|AWS_|PORTICO_STATE_DIR$|https?_proxy$)/i.test(key),
    );
    return run(command, {
      cwd: this.folder,
      env: { ...Object.fromEntries(own), ...this.standIn.environment },
      ...options,
    });
  }
}

function merged(below: unknown, above: unknown): unknown {
  if (!isGroup(below) || !isGroup(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, key in above ? merged(below[key], above[key]) : below[key]]));
}

function isGroup(value: unknown): value is Group {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
