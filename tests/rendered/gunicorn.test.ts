import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { webFiles } from "../../lib/webFiles";
import { baselinePlan, baselineSettings, contentOf } from "../support/baseline";
import { pythonWithGunicorn } from "../support/gunicorn";
import { temporaryFolders } from "../support/temporaryFolder";

jest.setTimeout(120_000);

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
  const files = webFiles(baselineSettings(overrides), baselinePlan("debian-13"));
  mkdirSync(join(folder, "releases/one/app"), { recursive: true });
  mkdirSync(join(folder, "run"));
  writeFileSync(join(folder, "releases/one/app/tiny.py"), module);
  symlinkSync("releases/one", join(folder, "release"));
  writeFileSync(join(folder, "gunicorn.conf.py"), change(contentOf(files, "/opt/portico/revision/gunicorn.conf.py")));
  return folder;
}

function gunicorn(folder: string, ...words: string[]) {
  const environment = { PATH: process.env.PATH!, RUNTIME_DIRECTORY: join(folder, "run"), HOME: folder };
  return spawnSync(python, ["-m", "gunicorn", "--config", join(folder, "gunicorn.conf.py"), ...words, "tiny:app"], { encoding: "utf8", env: environment, timeout: 30_000 });
}

test.each([
  ["the baseline", {}],
  ["sync workers, a number of them", { gunicorn: { workerClass: "sync", workers: 3, threads: 1 } }],
  ["asgi workers", { gunicorn: { workerClass: "asgi" } }],
  ["no recycling", { gunicorn: { maxRequests: 0, maxRequestsJitter: 0 } }],
])("gunicorn --check-config takes %s", (_, overrides) => {
  const answer = gunicorn(revision(overrides), "--check-config");
  expect(answer).toMatchObject({ status: 0 });
});

test("gunicorn --check-config refuses a release that cannot be imported, and a damaged file", () => {
  expect(gunicorn(revision({}, "raise RuntimeError('no')\n"), "--check-config").status).not.toBe(0);
  expect(gunicorn(revision({}, wsgi, (content) => content.replace("preload_app = True", "preload_app = ")), "--check-config").status).not.toBe(0);
});

test("the settings in force are those of the stack, workers counted on this machine", () => {
  const { stdout } = gunicorn(revision({ gunicorn: { timeoutSeconds: 31, backlog: 1024 } }), "--print-config");
  const inForce = Object.fromEntries(stdout.split("\n").map((line) => line.split(/\s*=\s*(.*)/, 2) as [string, string]));
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
    umask: "63",
  });
  expect(inForce.chdir).toMatch(/\/releases\/one\/app$/);
  expect(inForce.worker_tmp_dir).toMatch(/\/run$/);
});

const frozenWsgi = wsgi.replace("import os", "import gc").replace("environ[\"wsgi.url_scheme\"]", "f'{environ[\"wsgi.url_scheme\"]} {gc.get_freeze_count() > 1000}'");

test("a slot answers on the sockets that it is handed, opens no other, shares what it imported, and ends when told to", async () => {
  const folder = revision({ gunicorn: { workers: 2 } }, frozenWsgi);
  const handOver = `import os, socket, sys
for number, name in enumerate(("app", "probe")):
    server = socket.socket(socket.AF_UNIX); server.bind(f"{sys.argv[1]}/{name}.sock"); server.listen(64)
    os.dup2(server.fileno(), 10 + number)
for number in range(2):
    os.dup2(10 + number, 3 + number, inheritable=True)
os.environ["LISTEN_PID"], os.environ["LISTEN_FDS"] = str(os.getpid()), "2"
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", f"{sys.argv[1]}/gunicorn.conf.py", "tiny:app"])
`;
  const slot = spawn(python, ["-c", handOver, folder], { env: { PATH: process.env.PATH!, RUNTIME_DIRECTORY: join(folder, "run"), HOME: folder }, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  slot.stderr.on("data", (text) => (log += text));
  const ended = once(slot, "exit");
  while (!log.includes("Booting worker")) await Promise.race([wait(50), ended.then(() => Promise.reject(new Error(log)))]);

  for (const name of ["app", "probe"]) {
    const ask = ["--silent", "--header", "X-Forwarded-Proto: https", "--unix-socket", join(folder, `${name}.sock`), "http://portico.internal/"];
    expect(execFileSync("curl", ask, { encoding: "utf8" })).toBe("https True");
  }
  expect(execFileSync("find", [folder, "-type", "s"], { encoding: "utf8" }).trim().split("\n")).toHaveLength(2);
  slot.kill("SIGTERM");
  expect((await ended)[0]).toBe(0);
});
