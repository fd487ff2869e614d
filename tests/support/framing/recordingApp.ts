import { chmodSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { Backend } from "../stubApp";

export interface SeenRequest {
  path: string;
  /** As they came: names and values in turn. */
  fields: readonly string[];
  body: string;
}

/** An application that says yes to everything and keeps what it saw. */
export class RecordingApp implements Backend {
  readonly seen: SeenRequest[] = [];
  private readonly server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      this.seen.push({ path: request.url!, fields: request.rawHeaders, body });
      response.end("yes\n");
    });
  });

  async listen(socket: string): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(socket, resolve));
    chmodSync(socket, 0o666);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
