import { contract } from "../../lib/base/contract";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { balancerFiles } from "../../lib/hostFiles/balancer";
import { ownServerName } from "../../lib/hosts/wellKnown";
import type { PlatformId } from "../../lib/hosts/platforms";
import type { Settings } from "../../lib/settings";
import { serverList } from "../../lib/hostFiles/healthCheck";
import { baselinePlan, serverListFiles } from "./baseline";
import { TestAuthority } from "./certificates";
import { parseAnswer, type HttpAnswer } from "./httpAnswer";
import { TestHost, writeTree } from "./testHost";
import { startNginx } from "./testSite";

const controlPort = 8099;

/** A balancer with the real nginx of a platform, in front of stubs of two application hosts (stubHosts.cli.ts). */
export class TestBalancer {
  private constructor(
    readonly host: TestHost,
    private readonly authority: TestAuthority,
    private readonly address: string,
    readonly webAddresses: readonly string[],
    private readonly certificates: string,
    private readonly stubs: ChildProcess,
  ) {}

  static async start(base: string, id: PlatformId, settings: Settings): Promise<TestBalancer> {
    const authority = new TestAuthority();
    const plan = baselinePlan(id);
    const rendered = balancerFiles(settings, plan);
    const files = [
      ...rendered,
      ...serverListFiles(rendered),
      ...authority.filesFor(plan.siteNames, "site"),
      authority.clientFile(),
    ];
    const host = await TestHost.lay(base, files);
    const [address, webAddresses] = [plan.balancerAddresses[0]!, plan.webHosts.map((web) => web.address)];
    for (const each of [address, ...webAddresses])
      await host.runInNetwork(["ip", "address", "add", `${each}/32`, "dev", "lo"]);
    const certificates = mkdtempSync(join(tmpdir(), "portico-stubs-"));
    writeTree(
      certificates,
      authority.filesFor(
        plan.webHosts.map(({ name }) => ownServerName(name)),
        "server",
      ),
    );
    const places = [contract.paths.serverCertificate, contract.paths.serverKey].map((path) => join(certificates, path));
    const stubs = host.startInNetwork([
      "node",
      "-r",
      "@swc-node/register",
      join(__dirname, "stubHosts.cli.ts"),
      ...places,
      String(controlPort),
      ...webAddresses,
    ]);
    const balancer = new TestBalancer(host, authority, address, webAddresses, certificates, stubs);
    await startNginx(host, files, "+net_bind_service");
    await balancer.untilHostsListen();
    return balancer;
  }

  /** Asks the site; curl's words may follow. */
  ask(path: string, ...words: string[]): Promise<HttpAnswer> {
    return this.curl([...this.clientWords(), "--include", ...words, `https://portico.internal${path}`]).then(
      parseAnswer,
    );
  }

  /** Arrival of each piece of a body, in milliseconds. */
  async arrivals(path: string): Promise<number[]> {
    const curl = this.host.startInNetwork([
      "curl",
      "--silent",
      "--no-buffer",
      ...this.clientWords(),
      `https://portico.internal${path}`,
    ]);
    const arrivals: number[] = [];
    curl.stdout!.on("data", () => arrivals.push(Date.now()));
    await once(curl, "close");
    return arrivals;
  }

  /** Writes Nginx's list of hosts, with what stands after each, and has Nginx read it. */
  async list(...words: string[]): Promise<void> {
    const lines = this.webAddresses.map((address, index) => `server ${address}:8443 max_fails=0${words[index]};`);
    const before = await this.workers();
    await this.host.run(
      ["sh", "-euc", `cat > ${serverList}; kill -HUP $(cat /run/portico-nginx/nginx.pid)`],
      lines.join("\n"),
    );
    for (let attempt = 0; attempt < 100; attempt++) {
      const now = await this.workers();
      if (now.length > 0 && !now.some((worker) => before.includes(worker))) return;
      await wait(50);
    }
    throw new Error("nginx did not take the list");
  }

  /** The requests that each host got, by its address. */
  async asked(): Promise<string[][]> {
    const { stdout } = await this.curl([`http://127.0.0.1:${controlPort}/`]);
    const asked = JSON.parse(stdout) as Record<string, string[]>;
    return this.webAddresses.map((address) => asked[address]!);
  }

  /** The requests of one path that all hosts got together. */
  async askedFor(path: string): Promise<string[]> {
    return (await this.asked()).flat().filter((line) => line.endsWith(` ${path}`));
  }

  /** Makes a host `up`, `gone` or `silent`. */
  async make(state: "up" | "gone" | "silent", address: string): Promise<void> {
    await this.curl(["--request", "PUT", `http://127.0.0.1:${controlPort}/${state}/${address}`]);
  }

  /** Both hosts stand still for a time: what asks them is taken and gets nothing. */
  async freeze(milliseconds: number): Promise<void> {
    this.stubs.kill("SIGSTOP");
    await wait(milliseconds);
    this.stubs.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    await this.host.stop();
    this.authority.remove();
    rmSync(this.certificates, { recursive: true, force: true });
  }

  /** The workers that accept connections. */
  private async workers(): Promise<string[]> {
    const { stdout } = await this.host.run([
      "sh",
      "-c",
      "for pid in $(cat /proc/$(cat /run/portico-nginx/nginx.pid)/task/*/children); do grep -az '^nginx: worker process *$' /proc/$pid/cmdline >/dev/null && echo $pid; done",
    ]);
    return stdout.split("\n").filter((line) => line !== "");
  }

  private clientWords(): string[] {
    return ["--cacert", this.authority.certificateFile, "--connect-to", `::${this.address}`, "--max-time", "30"];
  }

  private curl(words: readonly string[]) {
    return this.host.runInNetwork(["curl", "--silent", "--show-error", ...words]);
  }

  private async untilHostsListen(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if ((await this.curl([`http://127.0.0.1:${controlPort}/`])).status === 0) return;
      await wait(50);
    }
    throw new Error("the stub hosts do not listen");
  }
}
