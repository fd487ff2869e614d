import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Settings } from "../../lib/settings";
import { pythonWithFrameworks } from "./gunicorn";
import { layRevision } from "./revision";
import type { Backend } from "./stubApp";

/** An application under the real Gunicorn, with the rendered files of a revision around it as on a host. */
export class GunicornApp implements Backend {
  /** What Gunicorn and the application have written so far. */
  log = "";
  private readonly folder = mkdtempSync(join(tmpdir(), "portico-gunicorn-"));
  private master?: ChildProcess;

  /**
   * @param module what Gunicorn serves, as `site:app`
   * @param files of the application, by path
   */
  constructor(
    settings: Settings,
    private readonly module: string,
    files: Record<string, string>,
  ) {
    layRevision(this.folder, settings, files);
  }

  async listen(socket: string): Promise<void> {
    const words = [
      "-m",
      "gunicorn",
      "--config",
      join(this.folder, "gunicorn.conf.py"),
      "--bind",
      `unix:${socket}`,
      this.module,
    ];
    const environment = {
      PATH: process.env.PATH!,
      RUNTIME_DIRECTORY: join(this.folder, "run"),
      HOME: this.folder,
      PYTHONDONTWRITEBYTECODE: "1",
    };
    const master = spawn(pythonWithFrameworks(), words, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    this.master = master;
    for (const stream of [master.stdout, master.stderr]) stream.on("data", (text) => (this.log += text));
    while (!existsSync(socket) || !this.log.includes("Booting worker")) {
      if (master.exitCode !== null) throw new Error(this.log);
      await wait(50);
    }
    chmodSync(socket, 0o666);
  }

  /** Tells Gunicorn to stop, as systemd does; resolves with the seconds that it took. */
  async drain(): Promise<number> {
    const began = Date.now();
    if (this.master?.exitCode === null) {
      this.master.kill("SIGTERM");
      await once(this.master, "exit");
    }
    return (Date.now() - began) / 1000;
  }

  /** Ends Gunicorn with all that is open. */
  async close(): Promise<void> {
    if (this.master?.exitCode === null) {
      this.master.kill("SIGQUIT");
      await once(this.master, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
