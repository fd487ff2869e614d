import https from "node:https";
import http from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { readFileSync } from "node:fs";
import type { Peer } from "../peers/peer";

const path = "/events?count=300";
/** A stream that has not begun by then waits for a worker, or its first event lies in a buffer. */
const beginSeconds = 2;

/** Streams of one peer, each on a connection of its own, opened by and by. */
export class Streams {
  /** Answered by the application: its first event may come later. */
  begun = 0;
  refused = 0;
  asked = 0;
  private readonly requests: ClientRequest[] = [];

  constructor(private readonly peer: Peer) {}

  async add(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.addOne()));
  }

  close(): void {
    for (const request of this.requests) request.destroy();
  }

  private addOne(): Promise<void> {
    this.asked += 1;
    return new Promise((resolve) => {
      const { origin, authority } = this.peer;
      const take = (answer: IncomingMessage) => {
        clearTimeout(patience);
        answer.on("error", () => undefined).resume();
        if (answer.statusCode === 200) this.begun += 1;
        else this.refused += 1;
        resolve();
      };
      const request =
        authority === undefined
          ? http.get(origin + path, { agent: false }, take)
          : https.get(origin + path, { agent: false, ca: readFileSync(authority) }, take);
      const patience = setTimeout(resolve, beginSeconds * 1000);
      request.on("error", () => {
        clearTimeout(patience);
        resolve();
      });
      this.requests.push(request);
    });
  }
}
