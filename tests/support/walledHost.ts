import { execFileSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import { TestHost } from "./testHost";

export type Reached = "open" | "silent" | "reset" | "error";

const program = path.join(__dirname, "reach.py");
const appUid = 990;
/** What is refused is waited for; what is let in answers long before, however busy the computer is. */
const [refusedSeconds, letInSeconds] = [2, 40];

/** The rules name the application's user. */
const users: HostFile = {
  path: "/etc/passwd",
  content: `root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/:/usr/sbin/nologin\nportico:x:${appUid}:${appUid}::/:/usr/sbin/nologin\n`,
  mode: "0644",
  owner: "root",
  group: "root",
  effect: "none",
};

/**
 * A host with its firewall, and the others of its network: one peer with all their addresses. On both a program listens on all
 * `ports`, so that nothing but the rules decides what is reached.
 */
export class WalledHost {
  private constructor(
    readonly host: TestHost,
    readonly peer: TestHost,
    readonly address: string,
  ) {}

  static async start(
    base: string,
    files: readonly HostFile[],
    address: string,
    peers: readonly string[],
    ports: readonly number[],
  ): Promise<WalledHost> {
    const host = await TestHost.lay(base, [...files, users]);
    const peer = await TestHost.lay("/", [users]);
    const walled = new WalledHost(host, peer, address);
    const [one, other] = [host.networkNamespace, peer.networkNamespace];
    execFileSync("ip", words(`link add inside netns ${one} type veth peer name outside netns ${other}`));
    await walled.attach(host, "inside", [address, `fd00::${address.split(".").at(-1)}`]);
    await walled.attach(peer, "outside", peers);
    await host.runInNetwork(words("ip route add default dev inside"));
    await host.runInNetwork(words("ip -6 route add default dev inside"));
    await Promise.all([host, peer].map((each) => listening(each, ports)));
    return walled;
  }

  /** As the unit does it. */
  load() {
    return this.host.run(["nft", "--file", "/etc/portico/firewall.nft"]);
  }

  /** How many connections the kernel remembers for the host. */
  async remembered(): Promise<number> {
    return Number((await this.host.runInNetwork(["cat", "/proc/sys/net/netfilter/nf_conntrack_count"])).stdout);
  }

  /** What comes of ways to the host: a peer's address and a port. */
  fromPeers(expected: Record<string, Reached>): Promise<Record<string, Reached>> {
    const way = (name: string) => {
      const [source, port, protocol] = name.split(" ");
      const target = source!.includes(":") ? `fd00::${this.address.split(".").at(-1)}` : this.address;
      return [source, target, port, ...(protocol ? [protocol] : [])].join("/");
    };
    return this.attempt(this.peer, expected, way, []);
  }

  /** What comes of ways from the host: an address and a port. */
  fromHost(as: "root" | "portico", expected: Record<string, Reached>): Promise<Record<string, Reached>> {
    const identity = as === "root" ? [] : ["env", `REACH_AS=${appUid}`];
    const way = (name: string) => {
      const [target, ...rest] = name.split(" ");
      return [target!.includes(":") ? "::" : "0.0.0.0", target, ...rest].join("/");
    };
    return this.attempt(this.host, expected, way, identity);
  }

  /** A connection that stays. */
  async hold(from: "host" | "peer", way: string): Promise<Held> {
    const child = this[from].startInNetwork(["python3", program, "hold", way]);
    const lines = createInterface(child.stdout!);
    await once(lines, "line");
    return new Held(lines, (line) => child.stdin!.write(`${line}\n`));
  }

  async stop(): Promise<void> {
    await Promise.all([this.host.stop(), this.peer.stop()]);
  }

  private async attach(host: TestHost, end: string, addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      const length = address.includes(":") ? "64" : address.startsWith("169.254.") ? "32" : "24";
      const flags = address.includes(":") ? ["nodad"] : [];
      await host.runInNetwork([...words(`ip address add ${address}/${length} dev ${end}`), ...flags]);
    }
    await host.runInNetwork(words(`ip link set ${end} up`));
  }

  private async attempt(
    host: TestHost,
    expected: Record<string, Reached>,
    wayOf: (name: string) => string,
    identity: readonly string[],
  ): Promise<Record<string, Reached>> {
    const found: [string, Reached][] = [];
    for (const silent of [true, false]) {
      const names = Object.keys(expected).filter((name) => (expected[name] === "silent") === silent);
      const seconds = String(silent ? refusedSeconds : letInSeconds);
      const { stdout, stderr } = await host.runInNetwork([
        ...identity,
        ...["python3", program, "try", seconds, ...names.map(wayOf)],
      ]);
      const outcomes = stdout.trim().split("\n");
      if (names.length > 0 && outcomes.length !== names.length) throw new Error(stderr);
      names.forEach((name, index) => found.push([name, outcomes[index] as Reached]));
    }
    return Object.fromEntries(found);
  }
}

/** Sends a word over a connection that stands, and gives what comes back. */
export class Held {
  constructor(
    private readonly lines: Interface,
    private readonly send: (line: string) => void,
  ) {}

  async ask(word: string): Promise<string> {
    const answer = once(this.lines, "line");
    this.send(word);
    return String((await answer)[0]);
  }
}

async function listening(host: TestHost, ports: readonly number[]): Promise<void> {
  const child = host.startInNetwork(["python3", program, "listen", ...ports.map(String)]);
  let complaint = "";
  child.stderr!.on("data", (text) => (complaint += text));
  await Promise.race([
    once(child.stdout!, "data"),
    once(child, "exit").then(() => Promise.reject(new Error(`nobody listens: ${complaint}`))),
  ]);
}

function words(line: string): string[] {
  return line.split(" ");
}
