import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { webFiles } from "../../lib/hostFiles/webHost";
import { baselinePlan, baselineSettings } from "./baseline";

/** Hands Gunicorn a listening socket and, on standard output, what it tells systemd: one line for each message. */
const service = `import os, socket, sys, threading
folder = sys.argv[1]
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); notify.bind(f"{folder}/notify.sock")
server = socket.socket(socket.AF_UNIX); server.bind(f"{folder}/app.sock"); server.listen(64)
child = os.fork()
if child == 0:
    os.dup2(server.fileno(), 3, inheritable=True)
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "NOTIFY_SOCKET": f"{folder}/notify.sock"}
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", f"{folder}/{sys.argv[2]}", "tiny:app"])
def told():
    while True: print(notify.recv(4096).decode().replace("\\n", " "), flush=True)
threading.Thread(target=told, daemon=True).start()
import signal
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
`;

/** Gunicorn of a revision as systemd starts it, with the rendered settings, out of systemd and its sandbox. */
export class GunicornSlot {
  log = "";
  told: string[] = [];
  readonly ended: Promise<number | null>;

  private constructor(
    readonly folder: string,
    private readonly process: ChildProcess,
  ) {
    process.stderr!.on("data", (text) => (this.log += text));
    process.stdout!.on("data", (text) => this.told.push(...String(text).trim().split("\n")));
    this.ended = once(process, "exit").then(([code]) => code as number | null);
  }

  /** @param folder an empty one @param settings of the file `configuration` */
  static start(
    python: string,
    folder: string,
    module: string,
    {
      settings = {},
      configuration = "gunicorn.conf.py",
    }: { settings?: Record<string, unknown>; configuration?: string } = {},
  ): GunicornSlot {
    const files = webFiles(baselineSettings(settings), baselinePlan("debian-13"));
    mkdirSync(join(folder, "releases/one/app"), { recursive: true });
    mkdirSync(join(folder, "run"));
    writeFileSync(join(folder, "releases/one/app/tiny.py"), module);
    symlinkSync("releases/one", join(folder, "release"));
    const revision = "/opt/portico/revision/";
    for (const { path, content } of files.filter(({ path }) => path.startsWith(revision))) {
      mkdirSync(dirname(join(folder, path.slice(revision.length))), { recursive: true });
      writeFileSync(join(folder, path.slice(revision.length)), content);
    }
    const environment = { PATH: process.env.PATH!, RUNTIME_DIRECTORY: join(folder, "run"), HOME: folder };
    return new GunicornSlot(
      folder,
      spawn(python, ["-c", service, folder, configuration], { env: environment, stdio: ["ignore", "pipe", "pipe"] }),
    );
  }

  get isReady(): boolean {
    return this.told.some((line) => line.includes("READY=1"));
  }

  get socket(): string {
    return join(this.folder, "app.sock");
  }

  /** What the workers inherit, by the list of a rehearsal. */
  get inherited(): { connections: string[]; threads: string[] } | undefined {
    const list = join(this.folder, "run/inherited.json");
    return existsSync(list)
      ? (JSON.parse(readFileSync(list, "utf8")) as { connections: string[]; threads: string[] })
      : undefined;
  }

  /** Fails with the log when Gunicorn ends before `condition` holds. */
  async until(condition: () => boolean): Promise<void> {
    const end = this.ended.then((code) => Promise.reject(new Error(`gunicorn ended with ${code}:\n${this.log}`)));
    while (!condition()) await Promise.race([wait(30), end]);
    end.catch(() => undefined);
  }

  async stop(): Promise<number | null> {
    this.process.kill("SIGTERM");
    return this.ended;
  }
}
