import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "./run";

export interface GivenMachine {
  name: string;
  address: string;
  suite: "bookworm" | "trixie";
  memoryMegabytes: number;
}

/** Where machines live: a bridge, and the first three numbers of its /24. */
export interface GivenNetwork {
  bridge: string;
  prefix: string;
}

/** Another network lets a second run go on beside the first. */
const prefix = process.env.PORTICO_TEST_HOSTS_NETWORK ?? "10.31.67";
const testNetwork: GivenNetwork = { bridge: `portico-g${prefix.split(".").at(-1)}`, prefix };
/** An address of the tests' own network by its last number. */
export const givenAddress = (number: number) => `${prefix}.${number}`;
const onMachines = { PATH: "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" };
export const gateway = givenAddress(1);

/**
 * Machines on this computer that no stack made: what a user of target hosts brings. Each has a host key of its own
 * making, and a login user `admin` who takes one key.
 */
export class GivenMachines {
  readonly folder: string;

  /**
   * @param workspace where what is needed to remove the machines stays
   * @param program `bin/machine` of a checkout; the workspace's own, where that is a copy of one
   */
  constructor(
    private readonly workspace: string,
    private readonly network = testNetwork,
    private readonly program = "bin/machine",
  ) {
    this.folder = path.join(workspace, "machines");
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Gives the machines a bridge and boots all of them at once. */
  async boot(machines: readonly GivenMachine[]): Promise<void> {
    this.makeKey("login");
    const { bridge, prefix } = this.network;
    const network = { bridge, addressRange: `${prefix}.0/24`, owner: this.workspace, incarnation: "given" };
    this.write("network.json", JSON.stringify(network));
    await this.machineCommand("network-up", "network.json");
    await Promise.all(machines.map((machine) => this.bootOne(machine)));
  }

  /** Private key of the login user. */
  get loginKey(): string {
    return this.read("login");
  }

  /** Public host key in authorized_keys form, without comment. */
  hostKey(name: string): string {
    return this.read(`${name}-host.pub`).split(" ").slice(0, 2).join(" ").trim();
  }

  /** Adds addresses to this computer's end of the bridge; they go with it. */
  addAddresses(addresses: readonly string[]): void {
    for (const address of addresses)
      execFileSync("ip", ["address", "replace", `${address}/32`, "dev", this.network.bridge]);
  }

  /** Runs a shell script as root on a machine and answers its output. */
  onMachine(name: string, script: string, input: string | Buffer = ""): string {
    return execFileSync("nsenter", this.entering(name, script), {
      encoding: "utf8",
      input,
      env: onMachines,
      maxBuffer: 64 * 1024 * 1024,
    });
  }

  /** The same while something goes on that lives in this process. */
  async onMachineMeanwhile(name: string, script: string): Promise<string> {
    const { code, stdout, output } = await run(["nsenter", ...this.entering(name, script)], { env: onMachines });
    if (code !== 0) throw new Error(output);
    return stdout;
  }

  /** Takes a machine's cable out (`down`) or puts it in (`up`). */
  setLink(name: string, state: string): void {
    const { identifier } = JSON.parse(readFileSync(path.join(this.folder, name, "machine.json"), "utf8")) as {
      identifier: string;
    };
    execFileSync("ip", ["link", "set", `vb-${identifier}`, state]);
  }

  /** Removes all of them, also those whose boot was interrupted. */
  async remove(): Promise<void> {
    const specs = readdirSync(this.folder).filter((file) => /^machine-.*\.json$/.test(file));
    for (const file of specs) await this.machineCommand("remove", file);
    if (existsSync(path.join(this.folder, "network.json"))) await this.machineCommand("network-remove", "network.json");
  }

  private entering(name: string, script: string): string[] {
    return ["-t", String(initProcess(path.join(this.folder, name))), "-a", "--", "sh", "-c", script];
  }

  private async bootOne({ name, address, suite, memoryMegabytes }: GivenMachine): Promise<void> {
    this.makeKey(`${name}-host`);
    const network = { prefixLength: 24, gateway: `${this.network.prefix}.1`, bridge: this.network.bridge };
    const keys = {
      user: "admin",
      authorizedKey: this.read("login.pub").trim(),
      hostPrivateKey: this.read(`${name}-host`),
      hostPublicKey: this.hostKey(name),
    };
    const file = `machine-${name}.json`;
    this.write(
      file,
      JSON.stringify({
        name,
        directory: path.join(this.folder, name),
        suite,
        address,
        ...network,
        cpus: 2,
        memoryMegabytes,
        ...keys,
        incarnation: "given",
      }),
    );
    await this.machineCommand("up", file);
  }

  private async machineCommand(command: string, file: string): Promise<void> {
    const { code, output } = await run([this.program, command], { cwd: this.workspace, input: this.read(file) });
    if (code !== 0) throw new Error(`bin/machine ${command} of ${file}:\n${output}`);
  }

  private makeKey(name: string): void {
    if (!existsSync(path.join(this.folder, name)))
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path.join(this.folder, name)]);
  }

  private read(file: string): string {
    return readFileSync(path.join(this.folder, file), "utf8");
  }

  private write(file: string, content: string): void {
    writeFileSync(path.join(this.folder, file), content, { mode: 0o600 });
  }
}

/** Number, on this computer, of the first process of a machine that bin/machine made in a folder. */
export function initProcess(folder: string): number {
  const { pid } = JSON.parse(readFileSync(path.join(folder, "machine.json"), "utf8")) as { pid: number };
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}
