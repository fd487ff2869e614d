import { installSample, startNginx, startUnits, stockFile, workers } from "./sampleOnMachine";
import type { PeerMachines } from "./machines";

const mostHosts = 8;

/** Hosts as tutorials set them up, as many as a measurement needs; those that are too many stay, unused. */
export class StockFleet {
  private count = 0;
  private readonly ready = new Set<string>();

  constructor(readonly machines: PeerMachines) {}

  /** Boots what is missing of the hosts, and has each serve the sample. */
  async fit(count: number): Promise<void> {
    if (count > mostHosts) throw new Error(`hosts: got ${count}; allowed: ${mostHosts} at most`);
    this.count = count;
    const missing = this.hosts().filter(({ name }) => !this.ready.has(name));
    await this.machines.boot(Object.fromEntries(missing.map(({ name, last }) => [name, last])));
    for (const { name } of missing) {
      await this.serve(name);
      this.ready.add(name);
    }
  }

  hosts(): { name: string; last: number; address: string }[] {
    return Array.from({ length: this.count }, (_, index) => {
      const last = 11 + index;
      return { name: `stock-${index + 1}`, last, address: this.machines.address(last) };
    });
  }

  links(): string[] {
    return this.hosts().map(({ name }) => this.machines.link(name));
  }

  private async serve(name: string): Promise<void> {
    await installSample(this.machines, name);
    startUnits(this.machines, name, {
      "gunicorn.socket": stockFile("gunicorn.socket"),
      "gunicorn.service": stockFile("gunicorn.service", { WORKERS: workers }),
    });
    startNginx(this.machines, name, stockFile("host.conf"));
  }
}
