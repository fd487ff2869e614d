import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { copyCheckout } from "./checkoutCopy";
import { givenAddress, GivenMachines, type GivenMachine } from "./givenMachines";
import { run, type Run, type RunOptions } from "./run";
import type { Target } from "./strictClient";

type Group = Record<string, unknown>;

const stackName = "given";
export const hostsWorkspace = path.join(tmpdir(), `portico-hosts-tests-${givenAddress(0)}`);

/** Addresses on this computer's end of the bridge: the load is exempt from the rate limits, the others are two clients. */
export const clients = { load: givenAddress(2), greedy: givenAddress(3), modest: givenAddress(4) };

export interface GivenHost extends GivenMachine {
  roles: string[];
  platform: string;
}

/** A stack of target hosts in a copy of the checkout, with its own state, over machines that it did not make. */
export class HostsStack {
  readonly folder = hostsWorkspace;
  readonly stateFolder = path.join(hostsWorkspace, ".portico", stackName);
  machines!: GivenMachines;
  private settings: Record<string, Group | string> = {};
  private secretLines = "";

  constructor(
    readonly hosts: readonly GivenHost[],
    private readonly app: Group,
  ) {}

  /** Makes the copy and boots the machines. What an interrupted run left is removed first. */
  async create(plantedSecret: string): Promise<void> {
    await removeHostsWorkspace();
    mkdirSync(this.folder, { recursive: true });
    copyCheckout(this.folder);
    this.machines = new GivenMachines(this.folder);
    await this.machines.boot(this.hosts);
    this.machines.addAddresses(Object.values(clients));
    this.settings = {
      target: "hosts",
      app: {
        folder: "app",
        module: "portico_sample:app",
        generatedSecrets: ["appSecretKey"],
        secrets: ["plantedSecret"],
        ...this.app,
      },
      nginx: {
        rateLimits: {
          general: { requestsPerSecond: 10, burst: 20 },
          login: { paths: ["/login"] },
          exempt: [`${clients.load}/32`],
        },
      },
      hosts: { machines: this.hosts.map((host) => this.describe(host)) },
    };
    this.writeStackFile();
    await this.pulumi(["stack", "select", "--create", stackName]);
    await this.setSecret("plantedSecret", plantedSecret);
    await this.setSecret("loginKey", this.machines.loginKey);
    const lines = readFileSync(this.stackFile, "utf8").split("\n");
    this.secretLines = lines.filter((line) => /^ +(portico:(plantedSecret|loginKey):|secure:)/.test(line)).join("\n");
  }

  /** Address of the site. */
  get url(): string {
    return `https://${this.hosts.find(({ roles }) => roles.includes("balancer"))!.address}`;
  }

  /** A host as the stack file has it. */
  describe({ name, address, roles, platform }: GivenHost): Group {
    return { name, address, roles, platform, user: "admin", hostKey: this.machines.hostKey(name) };
  }

  /** Changes settings of one group; answers what takes the change back. */
  set(group: string, values: Group): () => void {
    const before = (this.settings[group] ?? {}) as Group;
    const write = (value: Group) => {
      this.settings[group] = value;
      this.writeStackFile();
    };
    write({ ...before, ...values });
    return () => write(before);
  }

  /** Adds lines to a file of the application; answers what takes them back. */
  appendToApp(file: string, lines: string): () => void {
    const target = path.join(this.folder, "app", file);
    const before = readFileSync(target, "utf8");
    writeFileSync(target, before + lines);
    return () => writeFileSync(target, before);
  }

  up(options?: RunOptions): Promise<Run> {
    return this.command(["bin/up", stackName], options);
  }

  down(): Promise<Run> {
    return this.command(["bin/down", stackName]);
  }

  doctor(): Promise<Run> {
    return this.command(["bin/doctor", stackName]);
  }

  rollback(): Promise<Run> {
    return this.command(["bin/rollback", stackName]);
  }

  history(): Promise<Run> {
    return this.command(["bin/history", stackName]);
  }

  /** A command of bin/ on this stack, with further words. */
  run(name: string, ...words: string[]): Promise<Run> {
    return this.runIn(this.folder, name, ...words);
  }

  /** The same in another checkout. */
  runIn(folder: string, name: string, ...words: string[]): Promise<Run> {
    return this.command([`bin/${name}`, stackName, ...words], { cwd: folder });
  }

  /** Pulumi as by hand, in the environment that bin/env prints. */
  pulumi(words: string[], options: RunOptions = {}): Promise<Run> {
    return this.command(
      ["bash", "-c", 'set -e; lines=$(bin/env "$0"); eval "$lines"; exec pulumi "$@"', stackName, ...words],
      options,
    );
  }

  /** How a client reaches the site; `client` is where it comes from. */
  target(client: keyof typeof clients): Target {
    return {
      url: this.url,
      ca: readFileSync(path.join(this.stateFolder, "ca.crt"), "utf8"),
      localAddress: clients[client],
    };
  }

  private get stackFile(): string {
    return path.join(this.folder, `Pulumi.${stackName}.yaml`);
  }

  private async setSecret(name: string, value: string): Promise<void> {
    const { code, output } = await this.pulumi(["config", "set", "--secret", name], { input: value });
    if (code !== 0) throw new Error(output);
  }

  private writeStackFile(): void {
    const lines = Object.entries(this.settings).map(([key, value]) => `  portico:${key}: ${JSON.stringify(value)}`);
    writeFileSync(this.stackFile, ["config:", ...lines, this.secretLines, ""].join("\n"));
  }

  private command(command: string[], options: RunOptions = {}): Promise<Run> {
    const own = Object.entries(process.env).filter(([key]) => !/^(PULUMI_|PORTICO_STATE_DIR$)/.test(key));
    return run(command, { cwd: this.folder, env: Object.fromEntries(own), ...options });
  }
}

/** Removes what a run left: the machines by the project's own means, then the copy with the stack's state. */
export async function removeHostsWorkspace(): Promise<void> {
  if (!existsSync(hostsWorkspace)) return;
  if (existsSync(path.join(hostsWorkspace, "bin/machine"))) await new GivenMachines(hostsWorkspace).remove();
  rmSync(hostsWorkspace, { recursive: true, force: true });
}
