import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { pythonWithGunicorn } from "../support/gunicorn";
import { GunicornSlot } from "../support/gunicornSlot";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
const running: GunicornSlot[] = [];
const connections: Socket[] = [];
afterEach(async () => {
  connections.splice(0).forEach((connection) => connection.destroy());
  await Promise.all(running.splice(0).map((slot) => slot.stop()));
});

/**
 * Answers at once; at /held when a file is there, and each request that is held leaves a file of its own; at /idle when the
 * worker has so many other connections that wait for their next request: it finds that out after the answer was read.
 */
const tiny = `import os, sys, threading, time
from gunicorn.workers.gthread import ThreadWorker
folder = os.path.dirname(os.environ["RUNTIME_DIRECTORY"])
def app(environ, start_response):
    if environ["PATH_INFO"] == "/held":
        open(os.path.join(folder, "held-" + environ["QUERY_STRING"]), "w").close()
        while not os.path.exists(os.path.join(folder, "released")):
            time.sleep(0.01)
    if environ["PATH_INFO"] == "/idle":
        frame = sys._current_frames()[threading.main_thread().ident]
        while not isinstance(worker := frame.f_locals.get("self"), ThreadWorker):
            frame = frame.f_back
        while len(worker.keepalived_conns) < int(environ["QUERY_STRING"]):
            time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"fine"]
`;

async function start(gunicorn: Record<string, unknown>): Promise<GunicornSlot> {
  const slot = GunicornSlot.start(pythonWithGunicorn(), makeFolder(), tiny, {
    settings: { gunicorn: { workers: 1, ...gunicorn } },
  });
  running.push(slot);
  await slot.until(() => slot.isReady && slot.log.includes("Booting worker"));
  return slot;
}

async function connect(slot: GunicornSlot): Promise<Socket> {
  const connection = createConnection(slot.socket);
  connections.push(connection);
  await once(connection, "connect");
  return connection;
}

/** What the answer says about its connection. */
async function ask(connection: Socket, path: string): Promise<string> {
  connection.write(`GET ${path} HTTP/1.1\r\nHost: portico.internal\r\n\r\n`);
  let answer = "";
  while (!answer.endsWith("fine")) answer += String((await once(connection, "data"))[0]);
  return /^Connection: (.+)\r$/m.exec(answer)![1]!;
}

test("a thread worker keeps a connection", async () => {
  const connection = await connect(await start({ threads: 2 }));
  expect(await ask(connection, "/")).toBe("keep-alive");
  expect(await ask(connection, "/")).toBe("keep-alive");
});

test("a worker of one thread keeps none", async () => {
  const slot = await start({ threads: 1 });
  expect(await ask(await connect(slot), "/")).toBe("close");
});

test("an answer closes its connection where somebody waits for its place", async () => {
  const slot = await start({ threads: 2 });
  const held = ["1", "2"].map(async (name) => ask(await connect(slot), `/held?${name}`));
  await slot.until(() => ["1", "2"].every((name) => existsSync(join(slot.folder, `held-${name}`))));
  const waiting = ask(await connect(slot), "/");
  writeFileSync(join(slot.folder, "released"), "");
  // These clients close nothing: the third is served as one of the two makes way.
  await waiting;
  expect(await Promise.all(held)).toContain("close");
});

test("a slot that stops waits for its connections until the other end closes them", async () => {
  const slot = await start({ threads: 4 });
  const [idle, other, third] = [await connect(slot), await connect(slot), await connect(slot)];
  await Promise.all([ask(idle, "/"), ask(other, "/")]);
  await ask(third, "/idle?2");
  third.end();
  const ended = slot.stop();
  await slot.until(() => slot.log.includes("Handling signal: term"));
  expect(await ask(other, "/")).toBe("close");
  idle.end();
  expect(await ended).toBe(0);
  running.length = 0;
});
