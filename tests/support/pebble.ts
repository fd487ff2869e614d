import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { cacheFolder, madeOnce } from "./cacheFolder";

const version = "v2.10.3";
const programs = ["pebble", "pebble-challtestsrv"];

export interface PebbleOptions {
  /** Empty; keys, certificate and settings go there. */
  folder: string;
  /** Address of this computer that the machines reach. */
  address: string;
  /** Where all names lead, as the authority sees it. */
  site: string;
  /** Life of what it issues. */
  seconds: number;
  /** The first of four ports. */
  port: number;
  /** Names that it refuses. */
  refused?: readonly string[];
}

/** A real ACME authority on this computer: Let's Encrypt's Pebble, with a resolver of its own; it proves names over the network. */
export class Pebble {
  private readonly processes: ChildProcess[] = [];
  private readonly sockets = new Set<Socket>();
  private door: Server | undefined;

  private constructor(private readonly options: PebbleOptions) {}

  static async start(options: PebbleOptions): Promise<Pebble> {
    const pebble = new Pebble(options);
    mkdirSync(options.folder, { recursive: true });
    pebble.makeCertificate();
    pebble.run();
    await pebble.answers();
    await pebble.open();
    return pebble;
  }

  get directory(): string {
    return `https://${this.options.address}:${this.options.port}/dir`;
  }

  /** File of the authority that the directory is verified by. */
  get trustFile(): string {
    return path.join(this.options.folder, "pebble.crt");
  }

  /** The root of what it issues. */
  root(): Promise<string> {
    return this.get(this.options.port + 2, "/roots/0");
  }

  /** The authority cannot be reached. */
  async close(): Promise<void> {
    const { door } = this;
    this.door = undefined;
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => (door === undefined ? resolve(undefined) : door.close(resolve)));
  }

  /** Lets machines reach it: the way in goes through this process, so that it can be closed. */
  async open(): Promise<void> {
    const { address, port } = this.options;
    const door = createServer((near) => {
      const far = connect(port + 1, "127.0.0.1");
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket
          .on("close", () => this.sockets.delete(socket))
          .on("error", () => [near, far].forEach((each) => each.destroy()));
      }
      near.pipe(far).pipe(near);
    });
    this.door = door;
    await new Promise<void>((resolve, reject) => door.on("error", reject).listen(port, address, resolve));
  }

  async stop(): Promise<void> {
    await this.close();
    this.processes.forEach((process) => process.kill("SIGKILL"));
  }

  /** A certificate that is its own authority. */
  private makeCertificate(): void {
    const { folder, address } = this.options;
    const names = `subjectAltName=IP:${address},IP:127.0.0.1`;
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "pebble.key"];
    const words = ["req", "-x509", ...key, "-out", "pebble.crt", "-days", "2", "-subj", "/CN=pebble", "-addext", names];
    execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
  }

  private run(): void {
    const { folder, port, site, seconds, refused = [] } = this.options;
    const resolver = `127.0.0.1:${port + 3}`;
    const configuration = {
      listenAddress: `127.0.0.1:${port + 1}`,
      managementListenAddress: `127.0.0.1:${port + 2}`,
      certificate: "pebble.crt",
      privateKey: "pebble.key",
      httpPort: 80,
      tlsPort: 443,
      domainBlocklist: refused,
      retryAfter: { authz: 1, order: 1 },
      profiles: { default: { description: "the only one", validityPeriod: seconds } },
    };
    writeFileSync(path.join(folder, "pebble.json"), JSON.stringify({ pebble: configuration }));
    const off = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-management", ""];
    this.begin("pebble-challtestsrv", ["-dnsserver", resolver, "-defaultIPv4", site, "-defaultIPv6", "", ...off]);
    this.begin("pebble", ["-config", "pebble.json", "-dnsserver", resolver]);
  }

  private begin(program: string, words: string[]): void {
    const own = { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0", PEBBLE_AUTHZREUSE: "0" };
    const started = spawn("setpriv", ["--pdeathsig", "KILL", "--", path.join(provided(), program), ...words], {
      cwd: this.options.folder,
      env: { ...process.env, ...own },
      stdio: "ignore",
    });
    this.processes.push(started);
  }

  private async answers(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.get(this.options.port + 1, "/dir");
        return;
      } catch (problem) {
        if (attempt === 100) throw problem;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  private get(port: number, from: string): Promise<string> {
    const ca = readFileSync(this.trustFile);
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: "127.0.0.1", port, path: from, ca, agent: false }, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString())).on("end", () => resolve(body));
      });
      outgoing.on("error", reject).end();
    });
  }
}

/** Folder with the programs, built once for all runs. */
function provided(): string {
  return madeOnce(path.join(cacheFolder(), "pebble", version), (folder) => {
    const modules = programs.map((program) => `github.com/letsencrypt/pebble/v2/cmd/${program}@${version}`);
    execFileSync("go", ["install", ...modules], { env: { ...process.env, GOBIN: folder }, stdio: "pipe" });
  });
}
