import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pythonWithGunicorn } from "../support/gunicorn";
import { GunicornSlot } from "../support/gunicornSlot";
import { temporaryFolders } from "../support/temporaryFolder";

let python: string;
let echo: Server;
beforeAll(async () => {
  python = pythonWithGunicorn();
  // Answers each line with itself, a moment later, as a database does.
  echo = createServer((connection) => {
    connection.on("data", (data) => setTimeout(() => connection.write(data), 5));
    connection.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
});
afterAll(() => echo.close());
const makeFolder = temporaryFolders();

const running: GunicornSlot[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((slot) => slot.stop()));
});

function start(module: string, options: Parameters<typeof GunicornSlot.start>[3] = {}): GunicornSlot {
  const slot = GunicornSlot.start(python, makeFolder(), module, options);
  running.push(slot);
  return slot;
}

const tiny = `
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"fine"]
`;

const rehearsal = { settings: { gunicorn: { workers: 2 } }, configuration: "rehearsal.conf.py" };
const port = () => (echo.address() as AddressInfo).port;

describe("what a rehearsal shows of an import", () => {
  async function inherited(lines: string) {
    const slot = start(`${lines}\n${tiny}`, rehearsal);
    await slot.until(() => slot.inherited !== undefined);
    return slot.inherited;
  }

  test("is nothing where nothing was left, though sockets were opened, closed, or only listen", async () => {
    const lines = `import socket, threading
A = socket.socket(); B = socket.create_server(("127.0.0.1", 0)); C = socket.socketpair()
with socket.create_connection(("127.0.0.1", ${port()})): pass
T = threading.Thread(target=print); T.start(); T.join()`;
    expect(await inherited(lines)).toEqual({ connections: [], threads: [] });
  });

  test("are connections of each kind by their other end, and threads by their names", async () => {
    const lines = `import os, socket, threading, time
TCP = socket.create_connection(("127.0.0.1", ${port()}))
UDP = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); UDP.connect(("127.0.0.1", 9))
S = socket.socket(socket.AF_UNIX); S.bind(os.environ["HOME"] + "/db.sock"); S.listen()
U = socket.socket(socket.AF_UNIX); U.connect(os.environ["HOME"] + "/db.sock")
threading.Thread(target=time.sleep, args=(60,), daemon=True, name="poller").start()
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()`;
    expect(await inherited(lines)).toEqual({
      connections: [`TCP 127.0.0.1:${port()}`, "UDP 127.0.0.1:9", expect.stringMatching(/^Unix \/.+\/db\.sock$/)],
      threads: [expect.stringMatching(/^Thread( \(sleep\))?$/), "poller"],
    });
  });

  test("leaves out threads of Sentry, which start anew where they are used", async () => {
    const lines = ["sentry-sdk.BackgroundWorker", "sentry.monitor", "my-sentry"].map(
      (name) => `threading.Thread(target=time.sleep, args=(60,), daemon=True, name="${name}").start()`,
    );
    expect(await inherited(`import threading, time\n${lines.join("\n")}`)).toEqual({
      connections: [],
      threads: ["my-sentry"],
    });
  });

  test("leaves out what a library closes or starts anew in each worker", async () => {
    const lines = `import os, socket, threading, time
LINE = socket.create_connection(("127.0.0.1", ${port()}))
def begin(): threading.Thread(target=time.sleep, args=(60,), daemon=True, name="exporter").start()
begin()
os.register_at_fork(after_in_child=lambda: (LINE.close(), begin()))`;
    expect(await inherited(lines)).toEqual({ connections: [], threads: [] });
  });

  test("changes nothing of the settings in force", async () => {
    const slot = start(tiny, rehearsal);
    await slot.until(() => slot.log.match(/Booting worker/g)?.length === 2);
    expect((await ask(slot, "/")).body).toBe("fine");
    expect(slot.told[0]).toMatch(/READY=1/);
  });
});

/** One line of its own for each request, over a connection that was opened at import. */
const database = () => `import socket
LINE = socket.create_connection(("127.0.0.1", ${port()}), 1)
def app(environ, start_response):
    LINE.sendall(environ["PATH_INFO"].encode() + b"\\n")
    answer = LINE.recv(200)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.strip()]
`;

describe("a connection that is opened at import", () => {
  /** Requests whose answer was another's, of 200, eight at a time. */
  async function mixedUp(preload: boolean): Promise<number> {
    const slot = start(database(), {
      settings: { app: { streamPaths: [] }, gunicorn: { preload, workers: 4, workerClass: "sync", threads: 1 } },
    });
    await slot.until(() => slot.isReady);
    let wrong = 0;
    const client = async (name: number) => {
      for (let number = 0; number < 25; number++) {
        const path = `/${name}-${number}`;
        // A request whose answer another took ends without one.
        const answer = await ask(slot, path).catch(() => ({ body: "" }));
        if (answer.body !== path) wrong++;
      }
    };
    await Promise.all([...Array(8).keys()].map(client));
    return wrong;
  }

  test("gives requests the answers of others with preload, which is what the rehearsal refuses", async () => {
    expect(await mixedUp(true)).toBeGreaterThan(0);
  });

  test("is right without preload", async () => {
    expect(await mixedUp(false)).toBe(0);
  });
});

describe("without preload", () => {
  const settings = { gunicorn: { preload: false, workers: 3 } };
  const gate = (name: string) =>
    `import os, time\nwhile not os.path.exists(os.environ["HOME"] + "/${name}"): time.sleep(0.02)\n`;

  test("a start ends when all workers have imported the application, and not before", async () => {
    const slot = start(
      `import os
# One worker at a time may go on.
while True:
    try: os.unlink(os.environ["HOME"] + "/permit"); break
    except FileNotFoundError: import time; time.sleep(0.02)
open(os.environ["HOME"] + f"/imported-{os.getpid()}", "w").close()
${tiny}`,
      { settings },
    );
    const imported = () => readdirSync(slot.folder).filter((name) => name.startsWith("imported-")).length;
    for (let number = 1; number <= 3; number++) {
      expect(slot.isReady).toBe(false);
      writeFileSync(join(slot.folder, "permit"), "");
      await slot.until(() => imported() === number);
      if (number < 3) await wait(300);
    }
    await slot.until(() => slot.isReady);
    expect(slot.told).toEqual([expect.stringContaining("READY=1")]);
    expect((await ask(slot, "/")).body).toBe("fine");
  });

  test("a start fails when a worker cannot import it, with the reason in the log, and says at no time that it is ready", async () => {
    const slot = start(`${gate("go")}raise ImportError("planted")\n${tiny}`, { settings });
    writeFileSync(join(slot.folder, "go"), "");
    // 3 is what Gunicorn ends with for it; 1 when a second worker fails while it ends.
    expect([1, 3]).toContain(await slot.ended);
    expect(slot.log).toMatch(/ImportError: planted/);
    expect(slot.told).toEqual([]);
  });

  test("workers that fall over at import, again and again, are never taken for ready", async () => {
    const slot = start(`import os\nos.kill(os.getpid(), 11)\n${tiny}`, { settings });
    await slot.until(() => (slot.log.match(/was sent SIGSEGV/g) ?? []).length > 6);
    expect(slot.told).toEqual([]);
  });

  test("a worker that fell over once is replaced before the start ends", async () => {
    const slot = start(
      `import os
try: os.mkdir(os.environ["HOME"] + "/first"); os.kill(os.getpid(), 11)
except FileExistsError: pass
${tiny}`,
      { settings },
    );
    await slot.until(() => slot.isReady);
    expect(existsSync(join(slot.folder, "first"))).toBe(true);
    expect(slot.log).toMatch(/was sent SIGSEGV/);
    expect(slot.log.match(/Booting worker/g)).toHaveLength(4);
  });
});

function ask(slot: GunicornSlot, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath: slot.socket, path, headers: { Host: "portico.internal" }, agent: false },
      (answer) => {
        let body = "";
        answer.on("data", (text) => (body += text));
        answer.on("end", () => resolve({ status: answer.statusCode!, body }));
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}
