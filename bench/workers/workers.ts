import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { baselineSettings } from "../../tests/support/baseline";
import { pythonWithGunicorn } from "../../tests/support/gunicorn";
import { layRevision } from "../../tests/support/revision";
import { cleanEnvironment } from "../base/command";
import type { Peer } from "../peers/peer";

/** The settings `gunicorn` of each kind that is compared; the first is the default. */
export const kinds = {
  gthread: { workerClass: "gthread" },
  "gthread, 16 threads": { workerClass: "gthread", threads: 16 },
  sync: { workerClass: "sync", threads: 1 },
  asgi: { workerClass: "asgi" },
} as const;

const firstPort = 18800;

/** Gunicorn with the files of a revision, on this computer's loopback, out of systemd and behind no Nginx. */
export class Workers implements Pick<Peer, "name" | "origin"> {
  readonly origin: string;
  private readonly folder = mkdtempSync(path.join(tmpdir(), "portico-bench-workers-"));
  private process: ChildProcess | undefined;

  constructor(
    readonly name: string,
    private readonly gunicorn: Record<string, unknown>,
    place: number,
  ) {
    this.origin = `http://127.0.0.1:${firstPort + place}`;
  }

  async start(): Promise<void> {
    const settings = baselineSettings({ app: { streamPaths: [] }, gunicorn: this.gunicorn });
    layRevision(this.folder, settings, { "pages.py": readFileSync(path.join(__dirname, "pages.py"), "utf8") });
    const application = `pages:${this.gunicorn.workerClass === "asgi" ? "asgi" : "wsgi"}`;
    const words = ["--config", `${this.folder}/gunicorn.conf.py`, "--bind", new URL(this.origin).host, application];
    this.process = spawn(pythonWithGunicorn(), ["-m", "gunicorn", ...words], {
      env: { ...cleanEnvironment(), RUNTIME_DIRECTORY: `${this.folder}/run` },
      stdio: "ignore",
    });
    for (let turn = 0; turn < 100; turn += 1) {
      if (await answers(`${this.origin}/quick`)) return;
      await pause(100);
    }
    throw new Error(`${this.name}: got no answer at ${this.origin}; allowed: one within 10 s; free the port`);
  }

  async end(): Promise<void> {
    if (this.process?.exitCode === null) {
      const ended = once(this.process, "exit");
      this.process.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}
