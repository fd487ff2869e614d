import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { baselineSettings } from "../support/baseline";
import { pythonWithGunicorn } from "../support/gunicorn";
import { layRevision } from "../support/revision";
import { temporaryFolders } from "../support/temporaryFolder";
import { until } from "../support/until";

let python: string;
beforeAll(() => {
  python = pythonWithGunicorn();
});
const makeFolder = temporaryFolders();

const wsgi = `import os
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.url_scheme"].encode()]
`;

/** A revision as it lies on a host: the rendered file beside the link to the release. */
function revision(overrides: Record<string, unknown>, module = wsgi, change = (content: string) => content) {
  const folder = makeFolder();
  layRevision(folder, baselineSettings(overrides), { "tiny.py": module });
  const file = join(folder, "gunicorn.conf.py");
  writeFileSync(file, change(readFileSync(file, "utf8")));
  return folder;
}

function gunicorn(folder: string, ...words: string[]) {
  const environment = { PATH: process.env.PATH!, RUNTIME_DIRECTORY: join(folder, "run"), HOME: folder };
  return spawnSync(python, ["-m", "gunicorn", "--config", join(folder, "gunicorn.conf.py"), ...words, "tiny:app"], {
    encoding: "utf8",
    env: environment,
    timeout: 30_000,
  });
}

test.each([
  ["the baseline", {}],
  [
    "sync workers, a number of them",
    { app: { streamPaths: [] }, gunicorn: { workerClass: "sync", workers: 3, threads: 1 } },
  ],
  ["asgi workers", { gunicorn: { workerClass: "asgi" } }],
  ["no recycling", { gunicorn: { maxRequests: 0, maxRequestsJitter: 0 } }],
])("gunicorn --check-config takes %s", (_, overrides) => {
  const answer = gunicorn(revision(overrides), "--check-config");
  expect(answer).toMatchObject({ status: 0 });
});

test("gunicorn --check-config refuses a release that cannot be imported, and a damaged file", () => {
  expect(gunicorn(revision({}, "raise RuntimeError('no')\n"), "--check-config").status).not.toBe(0);
  expect(
    gunicorn(
      revision({}, wsgi, (content) => content.replace("preload_app = True", "preload_app = ")),
      "--check-config",
    ).status,
  ).not.toBe(0);
});

/** Of a stack with these settings, as Gunicorn has read them. */
function inForceWith(overrides: Record<string, unknown>): Record<string, string> {
  const { stdout } = gunicorn(revision(overrides), "--print-config");
  return Object.fromEntries(stdout.split("\n").map((line) => line.split(/\s*=\s*(.*)/, 2) as [string, string]));
}

test("sync and asgi workers have no threads, whatever their number would be: Gunicorn would take sync for gthread", () => {
  expect(inForceWith({ gunicorn: { threads: 8 } })).toMatchObject({ worker_class: "gthread", threads: "8" });
  for (const workerClass of ["sync", "asgi"])
    expect(inForceWith({ app: { streamPaths: [] }, gunicorn: { workerClass, threads: 8 } })).toMatchObject({
      worker_class: workerClass,
      threads: "1",
    });
});

test("the settings in force are those of the stack, workers counted on this machine", () => {
  const inForce = inForceWith({ gunicorn: { timeoutSeconds: 31, backlog: 1024 } });
  expect(inForce).toMatchObject({
    workers: String(2 * availableParallelism() + 1),
    worker_class: "gthread",
    threads: "4",
    timeout: "31",
    graceful_timeout: "30",
    backlog: "1024",
    preload_app: "True",
    max_requests: "1000",
    max_requests_jitter: "200",
    control_socket_disable: "True",
    reuse_port: "False",
    accesslog: "None",
    capture_output: "False",
    daemon: "False",
    header_map: "drop",
    limit_request_line: "0",
    limit_request_fields: "105",
    limit_request_field_size: "9216",
    umask: "63",
  });
  expect(inForce.chdir).toMatch(/\/releases\/one\/app$/);
  expect(inForce.worker_tmp_dir).toMatch(/\/run$/);
});

const frozenWsgi = wsgi
  .replace("import os", "import gc")
  .replace('environ["wsgi.url_scheme"]', "f'{environ[\"wsgi.url_scheme\"]} {gc.get_freeze_count() > 1000}'");

const handOver = `import os, socket, sys
for number, name in enumerate(("app", "probe")):
    server = socket.socket(socket.AF_UNIX); server.bind(f"{sys.argv[1]}/{name}.sock"); server.listen(64)
    os.dup2(server.fileno(), 10 + number)
for number in range(2):
    os.dup2(10 + number, 3 + number, inheritable=True)
os.environ["LISTEN_PID"], os.environ["LISTEN_FDS"] = str(os.getpid()), "2"
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", f"{sys.argv[1]}/gunicorn.conf.py", "tiny:app"])
`;

const running = new Set<ChildProcess>();
afterEach(() => running.forEach((slot) => slot.kill("SIGKILL")));

/** A slot on two sockets that it is handed, as systemd does it; `stop` answers its exit code. */
async function startSlot(folder: string) {
  const slot = spawn(python, ["-c", handOver, folder], {
    env: { PATH: process.env.PATH!, RUNTIME_DIRECTORY: join(folder, "run"), HOME: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  slot.stderr.on("data", (text) => (log += text));
  running.add(slot);
  const ended = once(slot, "exit").finally(() => running.delete(slot));
  while (!log.includes("Booting worker"))
    await Promise.race([wait(50), ended.then(() => Promise.reject(new Error(log)))]);
  return {
    log: () => log,
    /** To the master and all workers. */
    signal: (name: "SIGSTOP" | "SIGCONT") => {
      const workers = readFileSync(`/proc/${slot.pid!}/task/${slot.pid!}/children`, "utf8").trim().split(" ");
      for (const pid of [slot.pid!, ...workers.map(Number)]) process.kill(pid, name);
    },
    stop: async () => {
      slot.kill("SIGTERM");
      return (await ended)[0] as number;
    },
  };
}

test("a slot answers on the sockets that it is handed, opens no other, shares what it imported, and ends when told to", async () => {
  const folder = revision({ gunicorn: { workers: 2 } }, frozenWsgi);
  const slot = await startSlot(folder);
  for (const name of ["app", "probe"]) {
    const ask = [
      "--silent",
      "--header",
      "X-Forwarded-Proto: https",
      "--unix-socket",
      join(folder, `${name}.sock`),
      "http://portico.internal/",
    ];
    expect(execFileSync("curl", ask, { encoding: "utf8" })).toBe("https True");
  }
  expect(execFileSync("find", [folder, "-type", "s"], { encoding: "utf8" }).trim().split("\n")).toHaveLength(2);
  expect(await slot.stop()).toBe(0);
  expect(slot.log()).not.toMatch(/\[(WARNING|ERROR)\]/);
});

const readingWsgi = `def app(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"in time, %d bytes" % len(body)]
`;
const tinyAsgi = `async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise NotImplementedError
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"in time, 0 bytes"})
`;

describe.each([
  ["gthread", readingWsgi, {}],
  ["sync", readingWsgi, { app: { streamPaths: [] } }],
  ["asgi", tinyAsgi, {}],
])("with %s workers", (workerClass, module, overrides) => {
  test("a request that waited too long is refused at once, with a time to come again; others, and checks, are not", async () => {
    const folder = revision({ ...overrides, gunicorn: { workerClass, workers: 1, queueMilliseconds: 10_000 } }, module);
    const slot = await startSlot(folder);
    const ask = (...words: string[]) =>
      execFileSync(
        "curl",
        ["--silent", "--include", "--unix-socket", join(folder, "app.sock"), ...words, "http://portico.internal/"],
        { encoding: "utf8" },
      );
    const passedOn = (secondsAgo: number) => [
      "--header",
      `X-Request-Start: t=${(Date.now() / 1000 - secondsAgo).toFixed(3)}`,
    ];
    const late = ask(...passedOn(11));
    expect(late).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(late).toMatch(/^retry-after: 2\r$/im);
    expect(late).toMatch(/^cache-control: no-store\r$/im);
    for (const words of [passedOn(0), passedOn(-5), [], ["--header", "X-Request-Start: soon"]])
      expect(ask(...words)).toMatch(/^HTTP\/1\.1 200 OK[^]*in time, 0 bytes$/);
    writeFileSync(join(folder, "body"), "x".repeat(4_000_000));
    expect(ask(...passedOn(11), "--header", "Expect:", "--data-binary", `@${join(folder, "body")}`)).toMatch(
      /^HTTP\/1\.1 503/,
    );
    expect(await slot.stop()).toBe(0);
    expect(slot.log()).not.toMatch(/\[ERROR\]/);
  });

  // For so long a gthread worker waits for the first byte of a request before it does something else.
  test.each(["it was sent late", "the slot stood still"])(
    "a request is answered of which nothing was read in the five seconds after its connection, as %s",
    async (why) => {
      const folder = revision({ ...overrides, gunicorn: { workerClass, workers: 1 } }, module);
      const slot = await startSlot(folder);
      const connection = createConnection(join(folder, "app.sock"));
      await once(connection, "connect");
      await wait(300);
      if (why === "the slot stood still") slot.signal("SIGSTOP");
      else await wait(5500);
      connection.write("GET / HTTP/1.1\r\nHost: portico.internal\r\nConnection: close\r\n\r\n");
      if (why === "the slot stood still") {
        await wait(5500);
        slot.signal("SIGCONT");
      }
      expect(await text(connection)).toMatch(/^HTTP\/1\.1 200 OK[^]*in time, 0 bytes/);
      expect(await slot.stop()).toBe(0);
      expect(slot.log()).not.toMatch(/\[(WARNING|ERROR)\]/);
    },
  );
});

const waitingWsgi = `import os, time
def app(environ, start_response):
    while not os.path.exists(os.environ["HOME"] + "/go"): time.sleep(0.05)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
`;

test("a gthread worker takes up no more than its threads handle: what waits, waits in the socket's queue", async () => {
  const folder = revision({ gunicorn: { workers: 1, threads: 2 } }, waitingWsgi);
  const slot = await startSlot(folder);
  const asked = Array.from({ length: 6 }, () =>
    spawn("curl", ["--silent", "--unix-socket", join(folder, "app.sock"), "http://portico.internal/slow"], {
      stdio: "ignore",
    }),
  );
  // The receive queue of a listening socket is what waits to be accepted.
  const waiting = () =>
    spawnSync("ss", ["--listening", "--no-header", "--unix", "src", join(folder, "app.sock")], {
      encoding: "utf8",
    }).stdout.split(/\s+/)[2];
  await until(() => waiting() === "4", waiting);
  writeFileSync(join(folder, "go"), "");
  await Promise.all(asked.map((child) => once(child, "exit")));
  expect(await slot.stop()).toBe(0);
});
