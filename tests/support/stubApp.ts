import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Milliseconds between two events of `/events` and `/lumps`. */
const eventPause = 150;

const routes: Record<string, (request: IncomingMessage, response: ServerResponse, app: StubApp) => void> = {
  "/": (_, response) =>
    response.setHeader("Content-Type", "text/html").end('<!doctype html><script src="/static/app.js"></script>\n'),
  "/healthz": (_, response) => response.end("healthy\n"),
  "/stale": (_, response) => response.end("on a new connection\n"),
  "/echo": (request, response) =>
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(request.headers)),
  "/events/echo": (request, response) => response.end(JSON.stringify(request.headers)),
  "/own-headers": (_, response) => {
    response.setHeader("Content-Security-Policy", "default-src 'self'").setHeader("X-Frame-Options", "SAMEORIGIN");
    response
      .setHeader("Strict-Transport-Security", "max-age=1")
      .setHeader("Cache-Control", "private")
      .setHeader("X-Powered-By", "stub")
      .end("own\n");
  },
  // As a page of the application, which names no type of its own.
  "/download": (request, response) =>
    response
      .setHeader("Content-Type", "text/html")
      .setHeader("X-Accel-Redirect", new URL(request.url!, "http://app").searchParams.get("file")!)
      .end(),
  "/failing": (_, response) => response.writeHead(500).end("the application's own page\n"),
  "/busy": (_, response) => response.writeHead(503).end("busy\n"),
  "/unsatisfiable": (_, response) => response.writeHead(416, { "Content-Range": "bytes */5" }).end(),
  "/later": (_, response) => response.writeHead(503, { "Retry-After": "77" }).end("later\n"),
  "/breaking": (request) => request.socket.destroy(),
  "/breaking-later": (request) => setTimeout(() => request.socket.destroy(), 1200),
  "/login": (request, response) => request.resume().on("end", () => response.end("in\n")),
  "/upload": (request, response) => request.resume().on("end", () => response.end("taken\n")),
  "/events": (_, response, app) => sendEvents(response, app),
  "/events/open": (_, response) =>
    void response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n"),
  "/lumps": (_, response, app) => sendEvents(response, app),
  "/asked-for": (_, response, app) => sendEvents(response.setHeader("X-Accel-Buffering", "no"), app),
};

/** What can serve behind Nginx. */
export interface Backend {
  listen(socket: string): Promise<void>;
}

/** A tiny application on a Unix socket, in place of Gunicorn. It counts requests by path, and says on which connection one came. */
export class StubApp implements Backend {
  readonly counts: Record<string, number> = {};
  /** Of the answer with events that began last. */
  eventsSent = 0;
  private readonly used = new WeakMap<object, number>();
  private connections = 0;
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  async listen(socket: string): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(socket, resolve));
    chmodSync(socket, 0o666);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.split("?")[0]!;
    this.counts[path] = (this.counts[path] ?? 0) + 1;
    const connection = this.used.get(request.socket);
    if (connection === undefined) this.used.set(request.socket, (this.connections += 1));
    response.setHeader("X-Connection", connection ?? this.connections);
    if (path === "/stale" && connection !== undefined) return void request.socket.destroy();
    const route = routes[path];
    if (route === undefined) response.writeHead(404).end("the application's own 404\n");
    else route(request, response, this);
  }
}

function sendEvents(response: ServerResponse, app: StubApp): void {
  response.setHeader("Content-Type", "text/event-stream");
  let sent = 0;
  app.eventsSent = 0;
  const timer = setInterval(() => {
    response.write(`data: ${++sent}\n\n`);
    app.eventsSent = sent;
    if (sent < 4) return;
    clearInterval(timer);
    response.end();
  }, eventPause);
}
