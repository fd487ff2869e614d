/**
 * Two application hosts that do what a test tells them, with the certificate of the stack's own hosts.
 *   node -r @swc-node/register stubHosts.cli.ts CERTIFICATE KEY CONTROL_PORT ADDRESS...
 *
 * Requests: /late is never answered, /cut loses its connection without an answer, a path that ends in /echo says what came,
 * one that ends in /pieces sends two with a pause, a number is answered with that status code, all else with 200. On the control port of 127.0.0.1: GET /asked gives the requests of each host, PUT /STATE/ADDRESS
 * makes a host `up`, `gone` (the port is closed) or `silent` (connections are taken, no handshake comes back).
 */
import { readFileSync } from "node:fs";
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { createServer as createSocketServer, type Server, type Socket } from "node:net";

const port = 8443;
const [certificate, key, controlPort, ...addresses] = process.argv.slice(2) as [string, string, string, ...string[]];
const tls = { cert: readFileSync(certificate), key: readFileSync(key) };

class StubHost {
  readonly asked: string[] = [];
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(readonly address: string) {}

  async become(state: string): Promise<void> {
    await this.close();
    if (state === "gone") return;
    const server =
      state === "silent"
        ? createSocketServer(() => undefined)
        : createServer(tls, (request, response) => this.answer(request, response));
    server.on("connection", (socket: Socket) => this.sockets.add(socket.on("error", () => undefined)));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, this.address, resolve));
  }

  private async close(): Promise<void> {
    const server = this.server;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    this.server = undefined;
    await closed;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!;
    this.asked.push(`${request.method} ${path}`);
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      if (path === "/cut") request.socket.destroy();
      else if (path.endsWith("/echo"))
        response.end(JSON.stringify({ method: request.method, headers: request.headers, body }));
      else if (path.endsWith("/pieces")) sendPieces(response);
      else if (path !== "/late")
        response.writeHead(Number(/^\/(\d{3})$/.exec(path)?.[1] ?? 200)).end(`${this.address}\n`);
    });
  }
}

function sendPieces(response: ServerResponse): void {
  response.write("one\n");
  setTimeout(() => response.end("two\n"), 2000);
}

async function main(): Promise<void> {
  const hosts = addresses.map((address) => new StubHost(address));
  for (const host of hosts) await host.become("up");
  const control = createPlainServer((request, response) => {
    const [, state, address] = request.url!.split("/");
    if (request.method === "GET")
      return response.end(JSON.stringify(Object.fromEntries(hosts.map((host) => [host.address, host.asked]))));
    return void hosts
      .find((host) => host.address === address)!
      .become(state!)
      .then(() => response.end());
  });
  control.listen(Number(controlPort), "127.0.0.1");
}

void main();
