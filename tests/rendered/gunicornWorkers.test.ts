import { execFile, execFileSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { pythonWithGunicorn } from "../support/gunicorn";
import { GunicornSlot } from "../support/gunicornSlot";
import { temporaryFolders } from "../support/temporaryFolder";

jest.setTimeout(120_000);

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

// The function of the C library is called through PyDLL, which keeps the interpreter to itself meanwhile.
const holding = `import ctypes
sleep = ctypes.PyDLL(None).usleep
def app(environ, start_response):
    if environ["PATH_INFO"] == "/holds":
        sleep(3_000_000)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"fine"]
`;

test("a thread that keeps the interpreter to itself delays nothing that another gthread worker can answer", async () => {
  const slot = await start(holding, { workers: 4, threads: 4 });
  for (let round = 0; round < 2; round += 1) {
    let isHeld = true;
    const holder = promisify(execFile)("curl", words(slot, "/holds")).finally(() => (isHeld = false));
    await wait(200);
    const seconds: number[] = [];
    // One after another, so that none wakes a worker for one that waits; more than there are workers.
    while (isHeld) {
      const began = Date.now();
      await promisify(execFile)("curl", words(slot, "/"));
      seconds.push((Date.now() - began) / 1000);
    }
    await holder;
    expect(Math.max(...seconds)).toBeLessThan(1.5);
    expect(seconds.length).toBeGreaterThan(4);
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
