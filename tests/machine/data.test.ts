import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ask } from "../support/ask";
import type { HttpAnswer } from "../support/httpAnswer";
import { lockRequirements } from "../support/lockFile";
import { run } from "../support/run";
import { removeWorkspace, TestStack } from "../support/testStack";

jest.setTimeout(10 * 60 * 1000);

const source = path.join("tests", "applications", "shelf");
const stack = new TestStack({
  app: {
    ...{ folder: source, module: "shelf:app", staticFolder: null, streamPaths: [], generatedSecrets: [] },
    data: ["uploads", "invoices"],
  },
  nginx: {
    media: [
      { path: "/media/", folder: "uploads" },
      { path: "/invoices/", folder: "invoices", access: "protected" },
    ],
  },
  local: { addressRange: `${process.env.PORTICO_TEST_NETWORK ?? "10.31.65"}.0/24`, webMachines: 1 },
});
const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
const root = "/var/lib/portico-app";
const hostile = "<script>alert(document.cookie)</script>";

const post = (act: string, body: string) => ask(stack, act, "--request", "POST", "--data-binary", body);
const released = async (note: string) => {
  stack.edit(path.join(source, "shelf.py"), (text) => text.replace(/^NOTE = .*$/m, `NOTE = "${note}"`));
  const { code, output } = await stack.up();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  expect((JSON.parse((await ask(stack, "/")).body) as { note: string }).note).toBe(note);
};
const told = ({ status, body, headers }: HttpAnswer) => ({
  status,
  body,
  type: headers["content-type"],
  as: headers["content-disposition"],
  policy: headers["content-security-policy"],
  sniffed: headers["x-content-type-options"],
});
const guarded = { status: 200, policy: [policy], sniffed: ["nosniff"] };

beforeAll(async () => {
  await stack.create("planted");
  lockRequirements(path.join(stack.folder, source));
  const { code, output } = await stack.up();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
});
afterAll(() => removeWorkspace());

describe("data of an application", () => {
  it("is written by it, and shown below the path of media with what keeps it from acting as a page", async () => {
    expect((JSON.parse((await ask(stack, "/")).body) as { data: string }).data).toBe(root);
    expect((await post("/upload/uploads/note.txt", "kept")).status).toBe(201);
    expect((await post("/upload/uploads/page.html", hostile)).status).toBe(201);
    expect(told(await ask(stack, "/media/note.txt"))).toEqual({
      ...{ ...guarded, body: "kept", type: ["text/plain; charset=utf-8"], as: undefined },
    });
    expect(told(await ask(stack, "/media/page.html"))).toEqual({
      ...{ ...guarded, body: hostile, type: ["application/octet-stream"], as: ["attachment"] },
    });
  });

  it("that is protected goes to whom the application sends it alone", async () => {
    expect((await post("/upload/invoices/7.html", hostile)).status).toBe(201);
    expect((await ask(stack, "/invoices/7.html")).status).toBe(404);
    expect(told(await ask(stack, "/invoice/7.html"))).toMatchObject({ ...guarded, body: hostile, as: ["attachment"] });
  });

  it("leads nowhere by a link, and shows no dot file", async () => {
    for (const target of ["/etc/passwd", "note.txt", `${root}/invoices/7.html`])
      expect((await post(`/link/uploads/${target.length}.txt`, target)).status).toBe(201);
    for (const name of ["11.txt", "8.txt", `${`${root}/invoices/7.html`.length}.txt`])
      expect((await ask(stack, `/media/${name}`)).status).toBe(403);
    expect((await post("/upload/uploads/.env", "SECRET=1")).status).toBe(201);
    expect((await ask(stack, "/media/.env")).status).toBe(404);
  });

  it("is the application's and Nginx's alone on the host, and nothing in it can be run", () => {
    const places = `stat -c '%a %U:%G %n' ${root} ${root}/*`;
    expect(stack.onHost("web-1", places).trim().split("\n")).toEqual([
      `710 portico:www-data ${root}`,
      `755 portico:portico ${root}/invoices`,
      `755 portico:portico ${root}/uploads`,
    ]);
    expect(
      stack.onHost(
        "web-1",
        `setpriv --reuid=65534 --regid=65534 --clear-groups cat ${root}/uploads/note.txt 2>&1 || true`,
      ),
    ).toContain("Permission denied");
  });

  it("is there for a command of an operator, which can write to it and run nothing of it", async () => {
    const lines = [
      "import os, pathlib, subprocess",
      "place = pathlib.Path(os.environ['STATE_DIRECTORY']) / 'uploads' / 'tool'",
      "place.write_text('#!/bin/sh\\necho ran\\n'); place.chmod(0o755)",
      "try: subprocess.run([place])",
      "except PermissionError as error: print(error.strerror)",
      "try: (place.parent.parent / 'other').mkdir()",
      "except OSError as error: print(error.strerror)",
    ];
    const { code, stdout } = await stack.run(["--", "python", "-c", lines.join("\n")]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Permission denied\nRead-only file system\n" });
  });

  it("outlives three releases and a rollback", async () => {
    for (const note of ["second", "third", "fourth"]) await released(note);
    const back = await stack.rollback();
    expect({ code: back.code, output: back.code === 0 ? "" : back.output }).toEqual({ code: 0, output: "" });
    expect((JSON.parse((await ask(stack, "/")).body) as { note: string }).note).toBe("third");
    expect((await ask(stack, "/media/note.txt")).body).toBe("kept");
    expect((await post("/upload/uploads/later.txt", "later")).status).toBe(201);
    expect((await ask(stack, "/media/later.txt")).body).toBe("later");
  });

  it("has a size in the status, and is as it should be", async () => {
    const status = JSON.parse(stack.onHost("web-1", "portico-host status")) as { data: Record<string, number> };
    expect(Object.keys(status.data)).toEqual(["invoices", "uploads"]);
    expect(status.data["uploads"]).toBeGreaterThan(0);
    stack.onHost("web-1", `chmod 0777 ${root}/uploads`);
    expect((await stack.check()).output).toMatch(/\/var\/lib\/portico-app\/uploads: mode 0777; should be mode 0755/);
    expect((await stack.check("--heal")).code).toBe(0);
  });

  it("is copied from a host and to it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "portico-data-"));
    const data = (...words: string[]) => run(["bin/data", "test", ...words], { cwd: stack.folder });
    try {
      const pulled = await data("pull", "uploads", folder);
      expect({ code: pulled.code, output: pulled.code === 0 ? "" : pulled.output }).toEqual({ code: 0, output: "" });
      expect(readFileSync(path.join(folder, "note.txt"), "utf8")).toBe("kept");
      writeFileSync(path.join(folder, "pushed.txt"), "pushed", { mode: 0o600 });
      writeFileSync(path.join(folder, "note.txt"), "pushed as well");
      expect((await data("push", "--host", "web-1", "uploads", folder)).code).toBe(0);
      expect((await ask(stack, "/media/note.txt")).body).toBe("pushed as well");
      expect(stack.onHost("web-1", `stat -c '%U %n' ${root}/uploads/pushed.txt`)).toMatch(/^portico /);
      const unknown = await data("pull", "nothing", `${folder}/nothing`);
      expect(unknown).toMatchObject({
        code: 1,
        output: expect.stringContaining("DATA: got nothing; allowed: invoices, uploads, which web-1 has") as string,
      });
      expect(existsSync(`${folder}/nothing`)).toBe(false);
      expect((await data("push", "uploads", `${folder}/none`)).output).toContain("allowed: a folder that exists");
      expect((await data("move", "uploads")).code).toBe(2);
      expect((await stack.check()).code).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("is what a release is told of that writes elsewhere", async () => {
    const back = stack.edit(path.join(source, "shelf.py"), (text) => `${text}\n\nPath("uploads").mkdir()\n`);
    const { code, output } = await stack.up();
    back();
    expect(code).not.toBe(0);
    expect(output).toContain("Read-only file system: 'uploads'");
    expect(output).toContain("cause: it wrote where a release may not; name a folder in app.data");
  });

  it("stays when the settings do not name it any more, out of reach of the site", async () => {
    const back = stack.change({ "app.data": [], "nginx.media": [] });
    const { code, output } = await stack.up();
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect((await ask(stack, "/media/note.txt")).status).toBe(404);
    expect(stack.onHost("web-1", `cat ${root}/uploads/note.txt`)).toBe("pushed as well");
    back();
    await released("fifth");
    expect((await ask(stack, "/media/note.txt")).body).toBe("pushed as well");
  });
});

describe("a database by one setting", () => {
  const database = stack.url.replace("https://", "").replace(/\d+$/, "9");
  const notes = async () => JSON.parse((await ask(stack, "/notes")).body) as string[];
  const reaches = (machine: string) =>
    stack
      .onHost(machine, `timeout 3 bash -c '</dev/tcp/${database}/5432' 2>&1 && echo reached || true`)
      .includes("reached");

  it("is there after an update of a stack that is up, and the release is migrated and rehearsed with it", async () => {
    stack.change({
      "local.database": "postgresql",
      "app.migration": { command: ["python", "shelf.py"], seconds: 60 },
    });
    // The one that a release needs to be migrated.
    stack.edit(path.join(source, "shelf.py"), (text) => `${text}\n# With a database.\n`);
    const { code, output } = await stack.up();
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect(output).not.toContain("postgresql://");
    expect((await post("/notes", "kept")).body).toBe('["kept"]');
  });

  it("changes nothing when nothing changed", async () => {
    const { code, output } = await stack.up();
    expect({ code, unchanged: /Resources:\s+\d+ unchanged\n/.test(output) }).toEqual({ code: 0, unchanged: true });
  });

  it("lets in the application's machines, and nobody else", async () => {
    expect(["web-1", "balancer"].map(reaches)).toEqual([true, false]);
    const here = await run(["timeout", "3", "bash", "-c", `</dev/tcp/${database}/5432`]);
    expect(here.code).not.toBe(0);
    expect(stack.onHost("database", "runuser -u postgres -- psql -Atc 'SHOW server_encoding' app").trim()).toBe("UTF8");
    const wrong = [
      "import shelf",
      "shelf.DATABASE = shelf.Path('/tmp/url')",
      `shelf.DATABASE.write_text('postgresql://app:wrong@${database}:5432/app')`,
      "shelf.notes({})",
    ];
    expect((await stack.run(["--", "python", "-c", wrong.join("\n")])).output).toContain(
      "password authentication failed",
    );
  });

  it("outlives a release, a rollback and the loss of its machine's power", async () => {
    await released("sixth");
    expect((await stack.rollback()).code).toBe(0);
    expect(await notes()).toEqual(["kept"]);
    await stack.powerOff("database");
    const { code, output } = await stack.up();
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect((await post("/notes", "and later")).body).toBe('["kept", "and later"]');
  });
});

test("a Unix socket of the host is reached without a network, and its server is told the application's user", async () => {
  stack.change({ "local.database": "none", "app.network": "none", "app.migration": null });
  const { code, output } = await stack.up();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  const socket = "/run/postgresql/.s.PGSQL.5432";
  const server = [
    "import os, pwd, socket, struct",
    "os.makedirs('/run/postgresql', exist_ok=True)",
    `server = socket.socket(socket.AF_UNIX); server.bind('${socket}'); os.chmod('${socket}', 0o777); server.listen()`,
    "client = server.accept()[0]",
    "peer = struct.unpack('3i', client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))",
    "client.sendall(pwd.getpwuid(peer[1]).pw_name.encode())",
  ];
  const serving = stack.onHostMeanwhile("web-1", `python3 -c "${server.join("\n")}"`);
  const client = `import socket, time; time.sleep(2); s = socket.socket(socket.AF_UNIX); s.connect('${socket}'); print(s.recv(99).decode())`;
  const answer = await stack.run(["--", "python", "-c", client]);
  expect({ code: answer.code, user: answer.stdout }).toEqual({ code: 0, user: "portico\n" });
  await serving;
});
