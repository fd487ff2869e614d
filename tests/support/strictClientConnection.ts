/**
 * One connection of the strict client.
 *
 * Raw sockets and an own reader, not node:https: its agent and parser hide what has to be told apart here, namely whether a
 * connection ended before a request was written, after it, or within the answer, and whether the server had announced it.
 */
import * as net from "node:net";
import * as tls from "node:tls";
import { type Clock, realClock } from "./clock";
import { MalformedResponse, type Response, ResponseReader } from "./strictClientResponse";

export interface Target {
  /** `https://` (or `http://`) address and port to connect to. */
  url: string;
  /** PEM text of the only authority that is trusted. */
  ca?: string;
  /** Name that the server's certificate has to carry, also sent as SNI. Default: the host of `url`. */
  servername?: string;
  /** PEM text of a certificate and its key that the client shows. Default: none. */
  clientCertificate?: string;
  /** Host header. Default: `servername`, else the host and port of `url`. */
  host?: string;
  /** Address of this machine to connect from. */
  localAddress?: string;
  /** Limit for the connection and its TLS handshake. Default 5000. */
  connectTimeoutMs?: number;
  /** Limit from the request to the end of its answer. Default 40000: longer than any limit of the servers asked. */
  answerTimeoutMs?: number;
  /** What all times are counted by. Default: the computer's. */
  clock?: Clock;
}

export type FaultKind =
  "refused" | "connectTimeout" | "answerTimeout" | "brokenBeforeAnswer" | "brokenWithinAnswer" | "malformed";

/** Why a request got no whole answer. `refused` is any connection that could not be made, an untrusted certificate included. */
export class ConnectionFault extends Error {
  constructor(
    readonly kind: FaultKind,
    detail: string,
  ) {
    super(detail);
  }
}

interface Exchange {
  reader: ResponseReader;
  resolve(response: Response): void;
  reject(fault: ConnectionFault): void;
}

export class Connection {
  /** How the connection ended while no request was under way; undefined while it is usable. */
  idleEnd: "closed" | "reset" | "unasked bytes" | undefined;
  private exchange: Exchange | undefined;

  private constructor(
    private readonly socket: net.Socket,
    private readonly target: Target,
  ) {
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("end", () => this.receiveEnd());
    socket.on("error", (error: NodeJS.ErrnoException) => this.receiveFailure(error.code ?? error.message));
    socket.on("close", () => this.receiveFailure("closed"));
  }

  /** Connects, and for https checks the certificate. Throws ConnectionFault. */
  static open(target: Target): Promise<Connection> {
    const limit = target.connectTimeoutMs ?? 5000;
    return new Promise((resolve, reject) => {
      const { socket, readyEvent } = openSocket(target);
      const fail = (kind: FaultKind, detail: string): void => {
        forget();
        socket.destroy();
        reject(new ConnectionFault(kind, detail));
      };
      const forget = (target.clock ?? realClock).after(limit, () =>
        fail("connectTimeout", `no connection in ${limit} ms`),
      );
      const onError = (error: NodeJS.ErrnoException): void => fail("refused", error.code ?? error.message);
      const onClose = (): void => fail("refused", "closed before it was ready");
      // The second listener stays: an error that follows the first one must not end the process.
      socket
        .once("error", onError)
        .on("error", () => undefined)
        .once("close", onClose);
      socket.once(readyEvent, () => {
        forget();
        socket.off("error", onError).off("close", onClose);
        resolve(new Connection(socket, target));
      });
    });
  }

  /** Sends one request and reads its answer. Never sends it again. Throws ConnectionFault. */
  async ask(method: string, path: string): Promise<Response> {
    const limit = this.target.answerTimeoutMs ?? 40_000;
    let forget: (() => void) | undefined;
    try {
      return await new Promise<Response>((resolve, reject) => {
        this.exchange = { reader: new ResponseReader(), resolve, reject };
        forget = (this.target.clock ?? realClock).after(limit, () =>
          reject(new ConnectionFault("answerTimeout", `no whole answer in ${limit} ms`)),
        );
        this.socket.write(writeRequest(this.target, method, path));
      });
    } finally {
      forget?.();
      this.exchange = undefined;
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(bytes: Buffer): void {
    if (this.exchange === undefined) {
      this.idleEnd = "unasked bytes";
      return;
    }
    try {
      const response = this.exchange.reader.push(bytes);
      if (response !== undefined) this.settle((exchange) => exchange.resolve(response));
    } catch (error) {
      if (!(error instanceof MalformedResponse)) throw error;
      this.settle((exchange) => exchange.reject(new ConnectionFault("malformed", error.message)));
    }
  }

  private receiveEnd(): void {
    const response = this.exchange?.reader.end();
    if (response !== undefined) this.settle((exchange) => exchange.resolve(response));
    else this.receiveFailure("end of connection");
  }

  private receiveFailure(reason: string): void {
    if (this.exchange === undefined) {
      this.idleEnd ??= reason === "closed" || reason === "end of connection" ? "closed" : "reset";
      return;
    }
    const kind = this.exchange.reader.hasStarted ? "brokenWithinAnswer" : "brokenBeforeAnswer";
    this.settle((exchange) => exchange.reject(new ConnectionFault(kind, reason)));
  }

  /** An exchange ends once: what the socket reports afterwards concerns an idle connection. */
  private settle(end: (exchange: Exchange) => void): void {
    const exchange = this.exchange;
    this.exchange = undefined;
    if (exchange !== undefined) end(exchange);
  }
}

function openSocket(target: Target): { socket: net.Socket; readyEvent: string } {
  const url = new URL(target.url);
  const isTls = url.protocol === "https:";
  const address = url.hostname.replace(/^\[|\]$/g, "");
  const options = { host: address, port: Number(url.port) || (isTls ? 443 : 80), localAddress: target.localAddress };
  if (!isTls) return { socket: net.connect({ ...options, noDelay: true }), readyEvent: "connect" };
  const servername = target.servername ?? (net.isIP(address) === 0 ? address : undefined);
  const shown = { cert: target.clientCertificate, key: target.clientCertificate };
  const socket = tls.connect({ ...options, ...shown, ca: target.ca, servername, ALPNProtocols: ["http/1.1"] });
  socket.setNoDelay(true);
  return { socket, readyEvent: "secureConnect" };
}

function writeRequest(target: Target, method: string, path: string): string {
  const host = target.host ?? target.servername ?? new URL(target.url).host;
  const body = method === "GET" ? "" : "from=strict-client";
  const bodyHeaders =
    body === "" ? "" : `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\n${bodyHeaders}\r\n${body}`;
}
