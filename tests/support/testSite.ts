import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { balancerFiles } from "../../lib/hostFiles/balancer";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import type { PlatformId } from "../../lib/hosts/platforms";
import type { Settings } from "../../lib/settings";
import { combinedHostFiles } from "../../lib/hostFiles/combinedHost";
import { webFiles, type WebPlan } from "../../lib/hostFiles/webHost";
import { baselinePlan, contentOf, serverListFiles } from "./baseline";
import { ownServerName, webServerName } from "../../lib/hosts/wellKnown";
import { TestAuthority } from "./certificates";
import { heldBy, holdCommand, type HeldRequests } from "./heldRequests";
import { parseAnswer, type HttpAnswer } from "./httpAnswer";
import { StubApp, type Backend } from "./stubApp";
import { TestHost } from "./testHost";

export const balancerAddress = "10.31.64.10";
export const webAddress = "10.31.64.11";
const hostNames = [webServerName, ownServerName("web-1")];

/**
 * A balancer and one application host, each with the real nginx of a platform on its real ports, joined by a network
 * of their own. The second host that the balancer knows does not exist.
 */
export class TestSite {
  private constructor(
    readonly balancer: TestHost,
    readonly web: TestHost,
    readonly app: StubApp,
    readonly authority: TestAuthority,
    private readonly errorLogs: readonly (() => string)[],
  ) {}

  /** @param difference from the usual plan @param backend what serves in place of the stub; whoever made it ends it */
  static async start(
    base: string,
    id: PlatformId,
    settings: Settings,
    extraFiles: readonly HostFile[] = [],
    difference: Partial<WebPlan> = {},
    backend?: Backend,
  ): Promise<TestSite> {
    const authority = new TestAuthority();
    const plan = { ...baselinePlan(id), ...difference };
    const webOnes = [...webFiles(settings, plan), ...authority.filesFor(hostNames, "server"), ...extraFiles];
    const rendered = balancerFiles(settings, plan);
    const edgeOnes = [
      ...rendered,
      ...serverListFiles(rendered),
      ...authority.filesFor(plan.siteNames, "site"),
      authority.clientFile(),
    ];
    const web = await TestHost.lay(base, webOnes);
    const balancer = await TestHost.lay(base, edgeOnes);
    await connect(balancer, balancerAddress, web, webAddress);
    const app = new StubApp();
    await (backend ?? app).listen(`${web.sockets}/app.sock`);
    const logs = [await startNginx(web, webOnes, ""), await startNginx(balancer, edgeOnes, "+net_bind_service")];
    return new TestSite(balancer, web, app, authority, logs);
  }

  /** One host that is both, in front of itself alone; `client` is an address of its network that is not its own. */
  static async startCombinedHost(
    base: string,
    id: PlatformId,
    settings: Settings,
    client: string,
    extraFiles: readonly HostFile[] = [],
  ): Promise<TestSite> {
    const authority = new TestAuthority();
    const plan = {
      ...baselinePlan(id),
      balancerAddresses: [balancerAddress],
      webHosts: [{ name: "web-1", address: balancerAddress }],
    };
    const files = [
      ...combinedHostFiles(settings, plan),
      ...authority.filesFor(hostNames, "server"),
      ...authority.filesFor(plan.siteNames, "site"),
      authority.clientFile(),
      ...extraFiles,
    ];
    const host = await TestHost.lay(base, files);
    for (const address of [balancerAddress, client])
      await host.runInNetwork(["ip", "address", "add", `${address}/32`, "dev", "lo"]);
    await host.runInNetwork(["ip", "link", "set", "lo", "up"]);
    const app = new StubApp();
    await app.listen(`${host.sockets}/app.sock`);
    const log = await startNginx(host, files, "+net_bind_service");
    return new TestSite(host, host, app, authority, [log]);
  }

  /** Asks the balancer, whatever name the URL holds. */
  ask(url: string, ...words: string[]): Promise<HttpAnswer> {
    return this.askAt(balancerAddress, this.balancer, url, words);
  }

  /** Asks the application host itself on its port 8443, with the balancer's certificate, from its address or from elsewhere. */
  askWeb(url: string, from: TestHost, ...words: string[]): Promise<HttpAnswer> {
    return this.askWebAs(this.authority.clientWords(), url, from, ...words);
  }

  /** The same with the certificate in curl's words `shown`, or with none. */
  askWebAs(shown: readonly string[], url: string, from: TestHost, ...words: string[]): Promise<HttpAnswer> {
    return this.askAt(`${webAddress}:8443`, from, url, ["--insecure", ...shown, ...words]);
  }

  /**
   * Asks the balancer for several things at once: curl's words for each, its URL last. One process asks for all, so that as good as
   * no time lies between the first and the last, however busy this computer is.
   */
  askTogether(requests: readonly (readonly string[])[]): Promise<HttpAnswer[]> {
    return this.askTogetherAs(this.clientWords(balancerAddress), this.balancer, requests);
  }

  /** The same for the application host itself, as `askWeb` does it. */
  askWebTogether(requests: readonly (readonly string[])[], from: TestHost): Promise<HttpAnswer[]> {
    return this.askTogetherAs(this.balancerWords(), from, requests);
  }

  /** What the Nginx of balancer and host wrote to the journal. */
  get journal(): string {
    return this.errorLogs.map((log) => log()).join("");
  }

  /** curl's words for what the balancer itself sends to the application host. */
  balancerWords(): string[] {
    return [...this.clientWords(`${webAddress}:8443`), "--insecure", ...this.authority.clientWords()];
  }

  /** The certificate of the authority that clients have to believe. */
  get certificateFile(): string {
    return this.authority.certificateFile;
  }

  /** Gives the balancer addresses from which `ask` comes with `--interface`. */
  async addClients(...addresses: string[]): Promise<void> {
    for (const address of addresses)
      await this.balancer.runInNetwork(["ip", "address", "add", `${address}/32`, "dev", "lo"]);
  }

  /** Holds requests open at the balancer from one of its addresses, as tests/support/holdRequests.py says. */
  hold(client: string, count: number, method: string, path: string): Promise<HeldRequests> {
    return heldBy(this.balancer.startInNetwork(holdCommand(`${balancerAddress}:443`, client, count, method, path)));
  }

  /** curl's words for a client that believes the authority and finds every name at `destination`. */
  clientWords(destination: string): string[] {
    return [
      "--silent",
      "--show-error",
      "--cacert",
      this.authority.certificateFile,
      "--connect-to",
      `::${destination}`,
      "--max-time",
      "10",
    ];
  }

  async stop(): Promise<void> {
    await this.balancer.stop();
    if (this.web !== this.balancer) await this.web.stop();
    await this.app.close();
    this.authority.remove();
  }

  private async askAt(destination: string, from: TestHost, url: string, words: readonly string[]): Promise<HttpAnswer> {
    return parseAnswer(await from.runInNetwork(["curl", "--include", ...this.clientWords(destination), ...words, url]));
  }

  private async askTogetherAs(
    words: readonly string[],
    from: TestHost,
    requests: readonly (readonly string[])[],
  ): Promise<HttpAnswer[]> {
    const folder = mkdtempSync(join(tmpdir(), "portico-answers-"));
    const files = requests.map((_, index) => join(folder, String(index)));
    const each = requests.flatMap((request, index) => [
      ...["--next", "--include", ...words, "--output", files[index]!, ...request],
    ]);
    try {
      const { status, stderr } = await from.runInNetwork(["curl", "--parallel", ...each.slice(1)]);
      const answers = files.map((file) => (existsSync(file) ? readFileSync(file, "utf8") : ""));
      return answers.map((stdout) => parseAnswer({ status, stdout, stderr }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

/**
 * Nginx as the rendered unit starts it, with the rights that the unit's drop-in leaves. Answers what tells all that it
 * has said so far, which systemd writes to the journal.
 */
export async function startNginx(
  host: TestHost,
  files: readonly HostFile[],
  capability: string,
): Promise<() => string> {
  const unit = contentOf(files, "/etc/systemd/system/portico-nginx.service");
  // In the foreground, where whoever starts it can end it.
  const command = /^ExecStart=(.+)'$/m.exec(unit)![1]! + " daemon off;'";
  const rights = capability === "" ? "-all" : `-all,${capability}`;
  const asUser = [
    "setpriv",
    "--reuid=33",
    "--regid=33",
    "--clear-groups",
    "--no-new-privs",
    `--inh-caps=${rights}`,
    `--ambient-caps=${rights}`,
    `--bounding-set=${rights}`,
  ];
  const nginx = host.start([...asUser, "sh", "-c", `exec ${command}`]);
  let complaint = "";
  nginx.stderr!.on("data", (text) => (complaint += text));
  for (let attempt = 0; attempt < 200; attempt++) {
    if (nginx.exitCode !== null) break;
    const answer = await host.runInNetwork(["curl", "--silent", "--fail", "http://127.0.0.1:8081/status"]);
    if (answer.status === 0) return () => complaint;
    await wait(50);
  }
  throw new Error(`nginx does not answer: ${complaint}`);
}

/** A cable between the two; the second host of the plan is known to be out of reach. */
async function connect(one: TestHost, oneAddress: string, other: TestHost, otherAddress: string): Promise<void> {
  const ends = [`pt${one.networkNamespace}`, `pt${other.networkNamespace}`] as const;
  execFileSync("ip", [
    "link",
    "add",
    ends[0],
    "netns",
    String(one.networkNamespace),
    "type",
    "veth",
    "peer",
    "name",
    ends[1],
    "netns",
    String(other.networkNamespace),
  ]);
  const addresses = [
    [one, ends[0], oneAddress],
    [other, ends[1], otherAddress],
  ] as const;
  for (const [host, end, address] of addresses) {
    await host.runInNetwork(["ip", "address", "add", `${address}/24`, "dev", end]);
    await host.runInNetwork(["ip", "link", "set", end, "up"]);
  }
  await one.runInNetwork(["ip", "route", "add", "unreachable", "10.31.64.12"]);
}
