import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Where machines of the tests have their packages from, and nothing else. */
const mirror = "deb.debian.org";

/**
 * A way to Debian's packages for machines without one: it passes on what is asked of the mirror and refuses all else.
 * Machines reach it as apt's proxy.
 */
export class PackageProxy {
  private readonly server: Server = createServer((asked, answer) => passOn(asked, answer));

  listen(address: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, address, () => {
        const { port } = this.server.address() as { port: number };
        resolve(`http://${address}:${port}`);
      });
    });
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function passOn(asked: IncomingMessage, answer: ServerResponse): void {
  const url = URL.parse(asked.url ?? "");
  if (asked.method !== "GET" || url?.hostname !== mirror || url.protocol !== "http:")
    return void answer.writeHead(403).end();
  const onward = request(url, { headers: { ...asked.headers, connection: "close" } }, (found) => {
    answer.writeHead(found.statusCode ?? 502, found.headers);
    found.pipe(answer);
  });
  onward.on("error", () => answer.writeHead(502).end());
  onward.end();
}
