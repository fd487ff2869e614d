import { clients, removeWorkspace, TestStack } from "../tests/support/testStack";
import type { Target } from "../tests/support/strictClient";
import { localAddresses, type LocalAddresses } from "../lib/base/addresses";
import type { LocalPlatformId } from "../lib/hosts/platforms";

export interface Machine {
  name: string;
  role: "host" | "balancer";
  address: string;
  /** Its process 1, as this computer numbers it. */
  init: number;
}

/** A stack of target local for the judges: the sample, the limits that a new stack has, names and network of its own. */
export class AuditedSite {
  private readonly stack: TestStack;

  constructor(platform: LocalPlatformId) {
    const { load } = clients;
    this.stack = new TestStack({ nginx: { rateLimits: { exempt: [`${load}/32`] } }, local: { platform } });
    this.addresses = localAddresses(`${load.slice(0, load.lastIndexOf("."))}.0/24`, 2);
  }

  readonly addresses: LocalAddresses;

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
    const { balancer, web } = this.addresses;
    return [
      ...web.map((host) => ({ ...host, role: "host" as const })),
      { name: "balancer", role: "balancer" as const, address: balancer },
    ].map((machine) => ({ ...machine, init: this.stack.initProcess(machine.name) }));
  }

  /** Runs a shell script as root on a machine and answers its output. */
  on({ name }: Machine, script: string, input: string | Buffer = ""): string {
    return this.stack.onHost(name, script, input);
  }

  async remove(): Promise<void> {
    await removeWorkspace();
  }
}
