/** Servers in this process that do exactly what a test wants with each request, over TCP or TLS. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as tls from "node:tls";
import { type LoadOptions, type Report, startLoad, type Target } from "./strictClient";

/** What a server does with a request; both counts start at 0. */
export type Behaviour = (socket: net.Socket, request: { text: string; number: number; connection: number }) => void;

/** An answer with the right length. */
export function answer(body: string, extraHeaders = "", status = "200 OK", type = "application/json"): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${extraHeaders}\r\n${body}`;
}

export const good = answer('{"release":"one","host":"web-1"}');

/** The failures of a report without any. */
export const noFailures = {
  total: 0,
  statuses: {},
  refused: 0,
  connectTimeout: 0,
  answerTimeout: 0,
  brokenBeforeAnswer: 0,
  brokenWithinAnswer: 0,
  malformed: 0,
};

export class MisbehavingServers {
  private readonly credentials: { key: Buffer; cert: Buffer };
  private readonly closers: (() => Promise<void>)[] = [];

  /** Makes a certificate for `portico.test`, which is its own authority. */
  constructor() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "strict-client-"));
    const [keyFile, certificateFile] = [path.join(folder, "key.pem"), path.join(folder, "certificate.pem")];
    const subject = ["-subj", "/CN=portico test", "-addext", "subjectAltName=DNS:portico.test"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
    execFileSync("openssl", ["req", "-x509", ...key, "-out", certificateFile, "-days", "2", ...subject], {
      stdio: "pipe",
    });
    this.credentials = { key: fs.readFileSync(keyFile), cert: fs.readFileSync(certificateFile) };
    fs.rmSync(folder, { recursive: true });
  }

  /** What a client may show that a `careful` server believes: PEM text of certificate and key. */
  get clientCertificate(): string {
    return `${this.credentials.cert.toString()}${this.credentials.key.toString()}`;
  }

  /**
   * Starts a server on a free port of the loopback interface; the result is how to reach it.
   * @param careful it talks over TLS to nobody who does not show `clientCertificate`
   */
  async serve(protocol: "http" | "https", behave: Behaviour, careful = false): Promise<Target> {
    const sockets = new Set<net.Socket>();
    const counts = { connections: 0, requests: 0 };
    const accept = (socket: net.Socket): void => {
      sockets.add(socket.setNoDelay(true));
      const connection = counts.connections++;
      socket.on("error", () => undefined);
      readRequests(socket, (text) => behave(socket, { text, number: counts.requests++, connection }));
    };
    const secured = { ...this.credentials, ca: this.credentials.cert, requestCert: careful };
    const server = protocol === "https" ? tls.createServer(secured, accept) : net.createServer(accept);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.closers.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    });
    const { port } = server.address() as net.AddressInfo;
    return { url: `${protocol}://127.0.0.1:${port}`, ca: this.credentials.cert.toString(), servername: "portico.test" };
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.closers.splice(0).map((close) => close()));
  }
}

/** Servers for the tests of a file; those that a test started end with it. */
export function misbehavingServers(): MisbehavingServers {
  const servers = new MisbehavingServers();
  afterEach(() => servers.closeAll());
  return servers;
}

/** A small load to its end: ten requests over one connection, where `options` say nothing else. */
export function runLoad(target: Target, options: Partial<LoadOptions> = {}): Promise<Report> {
  return startLoad({ connections: 1, maxRequests: 10, maxSeconds: 60, ...target, ...options }).ended;
}

/** Reports each request that has arrived whole. */
function readRequests(socket: net.Socket, report: (text: string) => void): void {
  let text = "";
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (end < 0 || text.length < end + 4 + length) return;
    const request = text;
    text = "";
    report(request);
  });
}
