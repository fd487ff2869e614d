import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { GivenMachines, initProcess } from "../../tests/support/givenMachines";
import { checkout, networks, workspace } from "../base/places";

const folder = path.join(workspace, "peers");

/** Of all peers, as the machines of Portico have by default. */
export const processorsOfHost = 2;

/** The machines of the peers, all from the image of Portico's own, in one network. */
export class PeerMachines {
  private readonly given: GivenMachines;

  constructor(
    readonly prefix: string = networks.peers,
    place = folder,
  ) {
    mkdirSync(place, { recursive: true });
    const bridge = `bench-${prefix.split(".")[2]}`;
    this.given = new GivenMachines(place, { bridge, prefix }, path.join(checkout, "bin/machine"));
  }

  address(last: number): string {
    return `${this.prefix}.${last}`;
  }

  /** Boots them, by name and last number of the address; those that run already are left alone. */
  async boot(machines: Record<string, number>): Promise<void> {
    const all = Object.entries(machines).map(([name, last]) => ({ name, address: this.address(last) }));
    await this.given.boot(all.map((each) => ({ ...each, suite: "trixie", memoryMegabytes: 1536 })));
  }

  init(name: string): number {
    return initProcess(path.join(this.given.folder, name));
  }

  /** Interface on this computer that leads to a machine. */
  link(name: string): string {
    return linkOf(path.join(this.given.folder, name));
  }

  get loginKey(): string {
    return path.join(this.given.folder, "login");
  }

  run(name: string, script: string, input?: string | Buffer): string {
    return this.given.onMachine(name, script, input);
  }

  /** Puts what a folder holds onto a machine. */
  copy(name: string, source: string, target: string): void {
    const archive = execFileSync("tar", ["-C", source, "-cf", "-", "."], { maxBuffer: 2 ** 30 });
    this.run(name, `mkdir -p '${target}' && tar -C '${target}' --no-same-owner -xf -`, archive);
  }

  /** Removes all of them, with their network. */
  async remove(): Promise<void> {
    if (existsSync(this.given.folder)) await this.given.remove();
  }
}

/** Interface on this computer that leads to a machine, by the machine's folder. */
export function linkOf(folder: string): string {
  const { identifier } = JSON.parse(readFileSync(path.join(folder, "machine.json"), "utf8")) as { identifier: string };
  return `vb-${identifier}`;
}

/** Bytes that this computer and the other machines have sent to a machine. */
export function bytesTo(link: string): number {
  return Number(readFileSync(`/sys/class/net/${link}/statistics/tx_bytes`, "utf8"));
}
