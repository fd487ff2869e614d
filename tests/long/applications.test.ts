import { randomBytes } from "node:crypto";
import path from "node:path";
import { ask } from "../support/ask";
import { pythonWithFrameworks } from "../support/gunicorn";
import { lockRequirements } from "../support/lockFile";
import { startPostgres, type Database } from "../support/postgres";
import { run } from "../support/run";
import { lostIn, startLoad } from "../support/strictClient";
import { clients, removeWorkspace, TestStack } from "../support/testStack";

jest.setTimeout(15 * 60 * 1000);

interface Application {
  folder: string;
  /** File that holds `NOTE = "first"`, the line that a release changes. */
  file: string;
  app: Record<string, unknown>;
  gunicorn?: Record<string, unknown>;
}

/** Of the stack; the first address is this computer's own. */
const addresses = clients.load.replace(/\d+$/, "");
const siteName = "portico.internal";
const databasePort = 54329;
const secret = randomBytes(16).toString("hex");

const applications: Application[] = [
  { folder: "frames", file: "frames.py", app: { module: "frames:app" } },
  {
    folder: "notes",
    file: "notes/__init__.py",
    app: {
      module: "notes.wsgi:application",
      migration: { command: ["python", "manage.py", "migrate", "--noinput"], seconds: 60 },
      environment: {
        NOTES_HOST: siteName,
        NOTES_DATABASE_HOST: `${addresses}1`,
        NOTES_DATABASE_PORT: String(databasePort),
      },
    },
  },
  {
    folder: "feed",
    file: "feed.py",
    app: { module: "feed:app", streamPaths: ["/events", "/socket"] },
    gunicorn: { workerClass: "asgi" },
  },
];

let database: Database;
beforeAll(() => (database = startPostgres({ port: databasePort, network: `${addresses}0/24`, password: secret })));
afterAll(() => database.stop());

describe.each(applications)("$folder", ({ folder, file, app, gunicorn }) => {
  const source = path.join("tests", "applications", folder);
  const stack = new TestStack({
    app: { streamPaths: [], generatedSecrets: [], ...app, folder: source, staticFolder: null },
    // No claim of these tests: a computer that others use keeps a request waiting for longer than the second of the default.
    gunicorn: { queueMilliseconds: 10_000, ...gunicorn },
  });
  const byName = ["--resolve", `${siteName}:443:${addresses}10`];
  const asked = { stateFolder: stack.stateFolder, url: `https://${siteName}` };

  beforeAll(async () => {
    await stack.create(secret);
    lockRequirements(path.join(stack.folder, source));
  });
  afterAll(() => removeWorkspace());

  it("is brought up and answers by the name of the site", async () => {
    const { code, output } = await stack.up();
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    stack.addClients();
    const { status, body } = await ask(asked, "/", ...byName);
    expect({ status, note: (JSON.parse(body) as { note: string }).note }).toEqual({ status: 200, note: "first" });
  });

  it("is told the truth about a request", async () => {
    if (folder === "frames") return;
    const { status, body } = await ask(asked, "/facts", ...byName, "--interface", clients.modest);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      client: clients.modest,
      here: `https://${siteName}/facts`,
      ...(folder === "notes" ? { secure: true, host: siteName } : { scheme: "https" }),
    });
  });

  it("holds an event stream and a web socket open, and ends both in good order when a release comes", async () => {
    if (folder !== "feed") return;
    const stream = await ask(asked, "/events?count=3", ...byName);
    expect(stream.body).toBe("data: 0\n\ndata: 1\n\ndata: 2\n\n");
    const socket = run(
      [
        pythonWithFrameworks(),
        path.join("tests", "support", "webSocketClient.py"),
        `${addresses}10`,
        path.join(stack.stateFolder, "ca.crt"),
        "/socket",
      ],
      { keepInput: true },
    );
    const events = ask(asked, "/events?count=10000", ...byName, "--max-time", "120");
    stack.edit(path.join(source, file), (text) => `${text}\nSTREAMS = True\n`);
    const { code, output } = await stack.up();
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    const lines = (await socket).stdout.trim().split("\n");
    expect(JSON.parse(lines[0]!)).toMatchObject({ scheme: "wss", note: "first" });
    expect(lines.at(-1)).toBe("closed with 1012");
    const { status, body } = await events;
    expect({ status, end: /data: \d+\n\n$/.test(body) }).toEqual({ status: 200, end: true });
  });

  it("takes a release and gives it back under load without a lost request", async () => {
    const load = startLoad({
      ...stack.target("load"),
      servername: siteName,
      path: "/",
      connections: 8,
      pauseMs: 30,
      maxSeconds: 600,
    });
    stack.edit(path.join(source, file), (text) => text.replace('"first"', '"second"'));
    const up = await stack.up();
    const released = await ask(asked, "/", ...byName);
    const back = await stack.rollback();
    const report = await load.stop();
    expect({ code: up.code, output: up.code === 0 ? "" : up.output }).toEqual({ code: 0, output: "" });
    expect((JSON.parse(released.body) as { note: string }).note).toBe("second");
    expect({ code: back.code, output: back.code === 0 ? "" : back.output }).toEqual({ code: 0, output: "" });
    expect(lostIn(report)).toEqual([]);
    process.stdout.write(
      `${folder}: ${report.attempts} requests under a release and a rollback, 0 lost, median ${report.medianMs} ms, p99 ${report.p99Ms} ms\n`,
    );
  });
});
