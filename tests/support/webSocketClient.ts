import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pythonWithFrameworks } from "./gunicorn";
import { balancerAddress, type TestSite } from "./testSite";

/** A client of one web socket of a site, through the balancer. */
export class WebSocketClient {
  /** What arrived, and at the end how it was closed. */
  readonly lines: string[] = [];
  private readonly program: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(site: TestSite, path: string) {
    this.program = site.balancer.startInNetwork([
      pythonWithFrameworks(),
      join(__dirname, "webSocketClient.py"),
      balancerAddress,
      site.certificateFile,
      path,
    ]);
    this.ended = once(this.program, "close");
    const reader = createInterface(this.program.stdout!);
    reader.on("line", (line) => this.lines.push(line));
    this.program.stderr!.on("data", (text) => this.lines.push(`failed: ${text}`));
  }

  send(message: string): void {
    this.program.stdin!.write(`${message}\n`);
  }

  /** Closes the connection as a client does that has no more to say. */
  leave(): void {
    this.program.stdin!.end();
  }

  /** Resolves with all lines when the connection is closed. */
  async closed(): Promise<string[]> {
    await this.ended;
    return this.lines;
  }

  end(): void {
    this.program.kill("SIGTERM");
  }
}
