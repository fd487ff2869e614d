import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pythonWithGunicorn } from "../support/gunicorn";
import { GunicornSlot } from "../support/gunicornSlot";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();

/** Writes down what becomes of it at the end of a worker; asked for /fail, the worker breaks. */
const tiny = `import atexit, logging, logging.handlers, os, sys, threading, time, weakref
folder = os.path.dirname(os.environ["RUNTIME_DIRECTORY"])
master = os.getpid()
def note(what):
    if os.getpid() != master or what.startswith("master"):
        with open(os.path.join(folder, "ends"), "a") as ends: ends.write(what + "\\n")
number = os.open(os.path.join(folder, "ends"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
class Kept:
    def __del__(self, write=os.write, number=number): write(number, b"taken apart\\n")
atexit.register(note, "at import")
handler = logging.handlers.MemoryHandler(1000, target=logging.FileHandler(os.path.join(folder, "logged")))
memory = logging.getLogger("memory"); memory.addHandler(handler); memory.setLevel("INFO")
made = []
def at_work():
    threading.Thread(target=lambda: (time.sleep(0.5), note("thread"))).start()
    atexit.register(note, "in a worker")
    # What sys holds goes last of all.
    sys.kept = Kept()
    made.append(weakref.finalize(sys.kept, note, "finalizer"))
    memory.info("kept in memory")
    sys.stdout.write("printed without an end of line")
def app(environ, start_response):
    if environ["PATH_INFO"] == "/work": at_work()
    start_response("200 OK", [("Content-Length", "4")])
    return [b"fine"]
`;

async function answered(slot: GunicornSlot, path: string): Promise<string> {
  const words = ["--silent", "--unix-socket", slot.socket, `http://portico.internal${path}`];
  return execFileSync("curl", words, { encoding: "utf8" });
}

const linesOf = (slot: GunicornSlot) => {
  const file = join(slot.folder, "ends");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};

describe.each(["gthread", "sync"])("a %s worker", (workerClass) => {
  it("ends with its threads, handlers, logs and prints done, and without taking the interpreter apart", async () => {
    const slot = GunicornSlot.start(pythonWithGunicorn(), makeFolder(), tiny, {
      settings: { app: { streamPaths: [] }, gunicorn: { workers: 1, workerClass } },
    });
    await slot.until(() => slot.isReady);
    expect(await answered(slot, "/work")).toBe("fine");
    expect(await slot.stop()).toBe(0);
    expect(linesOf(slot)).toEqual(["thread", "finalizer", "in a worker", "at import"]);
    expect(readFileSync(join(slot.folder, "logged"), "utf8")).toBe("kept in memory\n");
    expect(slot.told.join("\n")).toContain("printed without an end of line");
  });
});

test("a worker that is replaced after its last request ends that way, and the next one serves", async () => {
  const slot = GunicornSlot.start(pythonWithGunicorn(), makeFolder(), tiny, {
    settings: { gunicorn: { workers: 1, maxRequests: 1, maxRequestsJitter: 0 } },
  });
  await slot.until(() => slot.isReady);
  expect(await answered(slot, "/work")).toBe("fine");
  await slot.until(() => linesOf(slot).length === 4);
  expect(await answered(slot, "/")).toBe("fine");
  await slot.stop();
  expect(linesOf(slot)).not.toContain("taken apart");
});

test("a worker that cannot import the application ends with Gunicorn's code for that", async () => {
  const slot = GunicornSlot.start(pythonWithGunicorn(), makeFolder(), 'raise RuntimeError("not today")\n', {
    settings: { gunicorn: { workers: 1, preload: false } },
  });
  expect(await slot.ended).not.toBe(0);
});

test("nothing but logging wants to be told of the end before Gunicorn reads its settings", () => {
  const imported = ["app.wsgiapp", "arbiter", "workers.gthread", "workers.sync", "workers.gasgi"].map(
    (name) => `try: import gunicorn.${name}\nexcept ImportError: pass`,
  );
  const counted = "import atexit, weakref\nprint(atexit._ncallbacks(), weakref.finalize._registered_with_atexit)";
  const words = ["-c", [...imported, counted].join("\n")];
  expect(execFileSync(pythonWithGunicorn(), words, { encoding: "utf8" }).trim()).toBe("1 False");
});
