import { execFile, execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonWithGunicorn } from "../support/gunicorn";
import { GunicornSlot } from "../support/gunicornSlot";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
const running: GunicornSlot[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((slot) => slot.stop()));
});

async function start(module: string, gunicorn: Record<string, unknown>): Promise<GunicornSlot> {
  const app = gunicorn.workerClass === "sync" ? { streamPaths: [] } : {};
  const slot = GunicornSlot.start(pythonWithGunicorn(), makeFolder(), module, { settings: { app, gunicorn } });
  running.push(slot);
  const workers = Number(gunicorn.workers);
  await slot.until(() => (slot.log.match(/Booting worker/g) ?? []).length === workers && slot.isReady);
  return slot;
}

const words = (slot: GunicornSlot, path: string, ...more: string[]) => [
  "--silent",
  "--max-time",
  "20",
  "--unix-socket",
  slot.socket,
  ...more,
  `http://portico.internal${path}`,
];

// The function of the C library is called through PyDLL, which keeps the interpreter to itself meanwhile: until somebody opens the pipe.
const holding = `import ctypes, os
hold = ctypes.PyDLL(None).open
def app(environ, start_response):
    if environ["PATH_INFO"] == "/holds":
        open(os.environ["HOME"] + "/held", "w").close()
        hold(os.environ["HOME"].encode() + b"/pipe", os.O_RDONLY)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"fine"]
`;

test("a thread that keeps the interpreter to itself delays nothing that another gthread worker can answer", async () => {
  const slot = await start(holding, { workers: 4, threads: 4 });
  const [pipe, held] = ["pipe", "held"].map((name) => join(slot.folder, name)) as [string, string];
  execFileSync("mkfifo", [pipe]);
  for (let round = 0; round < 2; round += 1) {
    const holder = promisify(execFile)("curl", words(slot, "/holds"));
    await slot.until(() => existsSync(held));
    // One after another, so that none wakes a worker for one that waits; more than there are workers.
    for (let turn = 0; turn < 6; turn += 1)
      expect((await promisify(execFile)("curl", words(slot, "/"))).stdout).toBe("fine");
    rmSync(held);
    closeSync(openSync(pipe, "w"));
    expect((await holder).stdout).toBe("fine");
  }
});

const hintingWsgi = `def app(environ, start_response):
    hint = environ.get("wsgi.early_hints")
    if hint: hint([("Link", "</static/app.css>; rel=preload")])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hinted" if hint else b"fine"]
`;
const hintingAsgi = `async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise NotImplementedError
    await send({"type": "http.response.informational", "status": 103, "headers": [(b"link", b"</a>; rel=preload")]})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"fine"})
`;

test.each([
  ["gthread", hintingWsgi],
  ["sync", hintingWsgi],
  ["asgi", hintingAsgi],
])("%s workers send no early hint, which Nginx would take for the answer", async (workerClass, module) => {
  const slot = await start(module, { workerClass, workers: 1 });
  const answer = execFileSync("curl", words(slot, "/", "--include"), { encoding: "utf8" });
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nfine$/);
});
