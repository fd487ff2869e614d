import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { copyCheckout } from "../../tests/support/checkoutCopy";
import { initProcess } from "../../tests/support/givenMachines";
import type { Run } from "../../tests/support/run";
import { cleanEnvironment, demand } from "../base/command";
import { workspace } from "../base/places";
import { addMeasuredFile } from "./application";
import type { Peer, PeerStack } from "./peer";

const stackName = "bench";
/** Stays when another checkout is deployed over the one before. */
const kept = [".portico", `Pulumi.${stackName}.yaml`];

export interface PorticoOptions {
  name: string;
  /** The checkout that is deployed: a copy of it. */
  source: string;
  /** First three numbers of the network. */
  prefix: string;
  hosts: number;
}

/** A stack of target local in a copy of a checkout, with names, state and network of its own. */
export class Portico implements PeerStack {
  readonly name: string;
  readonly folder: string;

  constructor(private readonly options: PorticoOptions) {
    this.name = options.name;
    this.folder = path.join(workspace, options.name);
  }

  /** Deploys what the checkout holds now; a stack that is up is updated. */
  async up(): Promise<Peer> {
    this.copy();
    this.writeStackFile();
    await this.pulumi(["stack", "select", "--create", stackName]);
    await this.update();
    const { hosts } = this.options;
    return {
      name: this.name,
      about: `Portico (${this.options.source}): its balancer with TLS, its ${hosts} hosts, limits counted but never reached`,
      origin: `https://${this.options.prefix}.10`,
      authority: path.join(this.stateFolder, "ca.crt"),
      protocols: ["h1", "h2"],
      machines: () => this.machines(),
    };
  }

  update(): Promise<Run> {
    return this.command("bin/up", stackName);
  }

  /** Pulumi as by hand, in the environment that bin/env prints. */
  pulumi(words: readonly string[]): Promise<Run> {
    const script = 'set -e; lines=$(bin/env "$0"); eval "$lines"; exec pulumi "$@"';
    return this.command("bash", "-c", script, stackName, ...words);
  }

  async remove(): Promise<void> {
    if (!existsSync(path.join(this.folder, "bin/down"))) return;
    await this.command("bin/down", stackName);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get stateFolder(): string {
    return path.join(this.folder, ".portico", stackName);
  }

  private copy(): void {
    mkdirSync(this.folder, { recursive: true });
    for (const name of readdirSync(this.folder).filter((each) => !kept.includes(each)))
      rmSync(path.join(this.folder, name), { recursive: true });
    copyCheckout(this.folder, this.options.source);
    addMeasuredFile(path.join(this.folder, "app"));
  }

  /** Limits count as always, and are so high that no load of the bench reaches one. */
  private writeStackFile(): void {
    const limit = { requestsPerSecond: 100_000, burst: 100_000 };
    const rateLimits = { general: limit, connectionsPerClient: 65_535, requestsPerClient: 65_535 };
    const settings = {
      target: "local",
      app: {
        folder: "app",
        module: "portico_sample:app",
        streamPaths: ["/events"],
        generatedSecrets: ["appSecretKey"],
      },
      nginx: { rateLimits },
      local: { addressRange: `${this.options.prefix}.0/24`, webMachines: this.options.hosts },
    };
    const lines = Object.entries(settings).map(([key, value]) => `  portico:${key}: ${JSON.stringify(value)}`);
    writeFileSync(path.join(this.folder, `Pulumi.${stackName}.yaml`), ["config:", ...lines, ""].join("\n"));
  }

  private machines() {
    const folder = path.join(this.stateFolder, "machines");
    return readdirSync(folder)
      .filter((name) => existsSync(path.join(folder, name, "machine.json")))
      .map((name) => ({
        role: /balancer/.test(name) ? ("balancer" as const) : ("host" as const),
        init: initProcess(path.join(folder, name)),
      }));
  }

  private command(...words: string[]): Promise<Run> {
    return demand(words, { cwd: this.folder, env: cleanEnvironment() });
  }
}
