import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { copyCheckout } from "../../tests/support/checkoutCopy";
import { initProcess } from "../../tests/support/givenMachines";
import type { Run } from "../../tests/support/run";
import { cleanEnvironment, demand } from "../base/command";
import { runEngine } from "../base/engine";
import { workspace } from "../base/places";
import { addMeasuredFile } from "./application";
import { linkOf } from "./machines";
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
  private hosts: number;

  constructor(private readonly options: PorticoOptions) {
    this.hosts = options.hosts;
    this.name = options.name;
    this.folder = path.join(workspace, options.name);
  }

  /** Deploys what the checkout holds now; a stack that is up is updated. */
  async up(): Promise<Peer> {
    this.copy();
    this.writeStackFile();
    await this.pulumi(["stack", "select", "--create", stackName]);
    await this.update();
    return {
      name: this.name,
      about: `Portico at ${versionOf(this.options.source)}: its balancer with TLS, its ${this.hosts} hosts, limits counted but never reached`,
      origin: `https://${this.options.prefix}.10`,
      authority: path.join(this.stateFolder, "ca.crt"),
      protocols: ["h1", "h2"],
      machines: () => this.machines(),
    };
  }

  /** Another number of hosts, and an update that brings it about. */
  async resize(hosts: number): Promise<void> {
    if (hosts === this.hosts) return;
    this.hosts = hosts;
    this.writeStackFile();
    await this.update();
  }

  /** Interfaces on this computer that lead to the application hosts. */
  links(): string[] {
    return this.machineFolders()
      .filter((folder) => !isBalancer(folder))
      .map(linkOf);
  }

  update(): Promise<Run> {
    return this.command("bin/up", stackName);
  }

  pulumi(words: readonly string[]): Promise<Run> {
    const place = { checkout: this.folder, stack: stackName, folder: this.folder, environment: cleanEnvironment() };
    return runEngine(place, words);
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
      local: { addressRange: `${this.options.prefix}.0/24`, webMachines: this.hosts },
    };
    const lines = Object.entries(settings).map(([key, value]) => `  portico:${key}: ${JSON.stringify(value)}`);
    writeFileSync(path.join(this.folder, `Pulumi.${stackName}.yaml`), ["config:", ...lines, ""].join("\n"));
  }

  private machines() {
    return this.machineFolders().map((folder) => ({
      role: isBalancer(folder) ? ("balancer" as const) : ("host" as const),
      init: initProcess(folder),
    }));
  }

  private machineFolders(): string[] {
    const all = path.join(this.stateFolder, "machines");
    return readdirSync(all)
      .map((name) => path.join(all, name))
      .filter((folder) => existsSync(path.join(folder, "machine.json")));
  }

  private command(...words: string[]): Promise<Run> {
    return demand(words, { cwd: this.folder, env: cleanEnvironment() });
  }
}

const isBalancer = (folder: string) => /balancer/.test(path.basename(folder));

/** The commit of a checkout, and whether there are changes on top of it. */
function versionOf(source: string): string {
  const git = (...words: string[]) => execFileSync("git", ["-C", source, ...words], { encoding: "utf8" }).trim();
  return git("rev-parse", "--short=10", "HEAD") + (git("status", "--porcelain") === "" ? "" : " with changes");
}
