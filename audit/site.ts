import { clients, removeWorkspace, TestStack } from "../tests/support/testStack";
import type { Target } from "../tests/support/strictClient";
import type { LocalPlatformId } from "../lib/hosts/platforms";

export interface Machine {
  name: string;
  role: "host" | "balancer";
  address: string;
  /** Its process 1, as this computer numbers it. */
  init: number;
}

const names = ["web-1", "web-2", "balancer"] as const;

/** A stack of target local for the judges: the sample, the limits that a new stack has, names and network of its own. */
export class AuditedSite {
  private readonly stack: TestStack;

  constructor(platform: LocalPlatformId) {
    const { load } = clients;
    this.stack = new TestStack({ nginx: { rateLimits: { exempt: [`${load}/32`] } }, local: { platform } });
    this.network = load.slice(0, load.lastIndexOf("."));
  }

  /** First three numbers of the addresses of all machines. */
  readonly network: string;

  async up(): Promise<void> {
    await this.stack.create("a secret that the judges do not know");
    const { code, output } = await this.stack.up();
    if (code !== 0) throw new Error(`bin/up: got exit code ${code}; allowed: 0\n${output.slice(-4000)}`);
    this.stack.addClients();
  }

  get url(): string {
    return this.stack.url;
  }

  /** PEM text of the authority that signed all certificates. */
  get authority(): string {
    return this.stack.authority;
  }

  get authorityFile(): string {
    return `${this.stack.stateFolder}/ca.crt`;
  }

  /** Clients that no limit counts: they stand for many, each with an address of its own. */
  get normalClients(): Target {
    return this.stack.target("load");
  }

  /** An address of this computer that is no normal client's. */
  readonly attacker = clients.greedy;

  get machines(): Machine[] {
    return names.map((name, index) => ({
      name,
      role: name === "balancer" ? "balancer" : "host",
      address: `${this.network}.${name === "balancer" ? 10 : 11 + index}`,
      init: this.stack.initProcess(name),
    }));
  }

  /** Runs a shell script as root on a machine and answers its output. */
  on({ name }: Machine, script: string, input: string | Buffer = ""): string {
    return this.stack.onHost(name, script, input);
  }

  async remove(): Promise<void> {
    await removeWorkspace();
  }
}
