import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Tunnels } from "../../bin/commands/aws/tunnels";
import { FakeAws } from "../support/fakeAws";

const folder = mkdtempSync(path.join(tmpdir(), "portico-tunnels-"));
const environment = (aws: FakeAws) =>
  ({ ...process.env, PATH: `${aws.folder}:/usr/bin:/bin` }) as Record<string, string>;
const servers: Server[] = [];

afterAll(() => {
  servers.forEach((server) => server.close());
  rmSync(folder, { recursive: true, force: true });
});

/** Stands for sshd of an instance: says who it is, then repeats what it hears. */
async function machine(name: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(`${name}\n`);
    socket.pipe(socket);
  });
  servers.push(server);
  return listen(server);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Sends a line and answers all that came back until as much of it is there; "" when the connection ends before. */
function ask(port: number, line: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(line));
    socket.on("data", (chunk) => {
      heard += chunk.toString();
      if (heard.endsWith(line)) socket.end();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(heard));
  });
}

/** Sessions that ever began, and those that still run. */
function sessions(aws: FakeAws): { begun: number; running: number } {
  const begun = readdirSync(aws.folder).filter(
    (file) => file.startsWith("session-") && file !== "session-manager-plugin",
  );
  const running = begun.filter((file) =>
    /^\s*State:\s+[^Z]/m.test(read(`/proc/${file.slice("session-".length)}/status`)),
  );
  return { begun: begun.length, running: running.length };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

describe("tunnels", () => {
  it("lead each port to the machine of its name, by a session of the right stack, and end with their connection", async () => {
    const aws = new FakeAws(path.join(folder, "two"));
    aws.set([
      { id: "i-1", machine: "web-1", launched: "2026-11-25T02:00:00+00:00", port: await machine("first") },
      { id: "i-2", machine: "web-2", launched: "2026-11-25T02:00:00+00:00", port: await machine("second") },
    ]);
    const places = [
      { machine: "web-1", port: await freePort() },
      { machine: "web-2", port: await freePort() },
    ];
    const tunnels = await Tunnels.open("staging", "eu-central-1", places, environment(aws));
    expect(await Promise.all(places.map(({ port }) => ask(port, "hello\n")))).toEqual([
      "first\nhello\n",
      "second\nhello\n",
    ]);
    for (let waited = 0; sessions(aws).running > 0 && waited < 3000; waited += 50) await pause(50);
    expect(sessions(aws)).toEqual({ begun: 2, running: 0 });
    await tunnels.close();
    const calls = readFileSync(path.join(aws.folder, "calls.txt"), "utf8");
    expect(calls).toContain(
      "Name=tag:portico:project,Values=portico Name=tag:portico:stack,Values=staging Name=tag:portico:machine,Values=web-2 Name=instance-state-name,Values=pending,running",
    );
    expect(calls).toContain(
      "ssm start-session --region eu-central-1 --target i-2 --document-name AWS-StartSSHSession --parameters portNumber=22",
    );
    expect(await ask(places[0]!.port, "hello\n")).toBe("");
  });

  it("lead to the newest instance of a name, also when it came between two connections", async () => {
    const aws = new FakeAws(path.join(folder, "replaced"));
    const old = { id: "i-1", machine: "web-1", launched: "2026-11-25T02:00:00+00:00", port: await machine("old") };
    const port = await freePort();
    aws.set([old]);
    const tunnels = await Tunnels.open("staging", "eu-central-1", [{ machine: "web-1", port }], environment(aws));
    expect(await ask(port, "hello\n")).toBe("old\nhello\n");
    aws.set([old, { ...old, id: "i-2", launched: "2026-11-25T03:00:00+00:00", port: await machine("new") }]);
    expect(await ask(port, "hello\n")).toBe("new\nhello\n");
    await tunnels.close();
  });

  it("close a connection to a machine that is not there, or not reached yet, say why once, and work when it is", async () => {
    const aws = new FakeAws(path.join(folder, "absent"));
    const port = await freePort();
    const told = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const tunnels = await Tunnels.open("staging", "eu-central-1", [{ machine: "web-1", port }], environment(aws));
    const instance = { id: "i-1", machine: "web-1", launched: "2026-11-25T02:00:00+00:00", port: 0 };
    expect(await ask(port, "hello\n")).toBe("");
    aws.set([instance]);
    expect([await ask(port, "hello\n"), await ask(port, "hello\n")]).toEqual(["", ""]);
    const lines = told.mock.calls.map(([line]) => String(line));
    told.mockRestore();
    aws.set([{ ...instance, port: await machine("there") }]);
    expect(await ask(port, "hello\n")).toBe("there\nhello\n");
    await tunnels.close();
    expect(lines.filter((line) => line.includes("web-1: there is no such machine now"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("TargetNotConnected"))).toHaveLength(1);
  });

  it("leave no session running when they are closed while connections are open", async () => {
    const aws = new FakeAws(path.join(folder, "open"));
    aws.set([{ id: "i-1", machine: "web-1", launched: "2026-11-25T02:00:00+00:00", port: await machine("first") }]);
    const port = await freePort();
    const tunnels = await Tunnels.open("staging", "eu-central-1", [{ machine: "web-1", port }], environment(aws));
    const socket = connect(port, "127.0.0.1");
    await new Promise((resolve) => socket.once("data", resolve));
    expect(sessions(aws).running).toBe(1);
    await tunnels.close();
    expect(sessions(aws)).toEqual({ begun: 1, running: 0 });
    socket.destroy();
  });

  it("are refused with one clear error without the CLI, without its plugin, and on a port that is taken", async () => {
    const none = { PATH: path.join(folder, "nothing") };
    await expect(Tunnels.open("staging", "eu-central-1", [], none)).rejects.toThrow(/^aws: got no such program/);
    const withoutPlugin = new FakeAws(path.join(folder, "plugin"), false);
    await expect(Tunnels.open("staging", "eu-central-1", [], environment(withoutPlugin))).rejects.toThrow(
      /^session-manager-plugin: got no such program on PATH; allowed: .*https:/,
    );
    const aws = new FakeAws(path.join(folder, "taken"));
    const [free, taken] = [await freePort(), await machine("somebody else")];
    const places = [
      { machine: "web-1", port: free },
      { machine: "web-2", port: taken },
    ];
    await expect(Tunnels.open("staging", "eu-central-1", places, environment(aws))).rejects.toThrow(
      /^tunnel of web-2: got .*EADDRINUSE/,
    );
    expect(await ask(free, "hello\n")).toBe("");
  });

  it("use the port that another command holds open where they may, and leave it open", async () => {
    const aws = new FakeAws(path.join(folder, "shared"));
    const [free, taken] = [await freePort(), await machine("the other's tunnel")];
    const places = [
      { machine: "web-1", port: free },
      { machine: "web-2", port: taken },
    ];
    const tunnels = await Tunnels.open("staging", "eu-central-1", places, environment(aws), { share: true });
    await tunnels.close();
    expect(await ask(taken, "hello\n")).toBe("the other's tunnel\nhello\n");
    expect(await ask(free, "hello\n")).toBe("");
  });
});
