import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { identify, killProcess, lives } from "../../bin/commands/base/processes";
import { isLeftBehind, isStale } from "../../bin/commands/state/staleLock";

const folder = mkdtempSync(path.join(tmpdir(), "portico-stale-lock-"));
const engine = path.join(folder, "pulumi");
const started: ChildProcess[] = [];
const timestamp = "2026-01-01T00:00:00Z";

beforeAll(() => copyFileSync("/bin/sleep", engine));
afterAll(() => {
  started.forEach((child) => child.kill("SIGKILL"));
  rmSync(folder, { recursive: true, force: true });
});

/** A process that looks like an engine, started by the process that `starter` names. */
async function startEngine(starter?: string, program = engine): Promise<number> {
  const child = spawn(program, ["60"], {
    env: starter === undefined ? {} : { PORTICO_STARTED_BY: starter },
    stdio: "ignore",
  });
  started.push(child);
  await once(child, "spawn");
  return child.pid!;
}

describe("the engine that a command left behind", () => {
  const me = identify(process.pid)!;
  const gone = `${process.pid}:1`;

  it("is known by the command in its environment, which is gone", async () => {
    expect(isLeftBehind(await startEngine(gone))).toBe(true);
  });

  it.each([
    ["an engine whose command lives", () => startEngine(me)],
    ["an engine that somebody started by hand", () => startEngine()],
    ["another program, whatever its environment", () => startEngine(gone, "/bin/sleep")],
  ])("is not %s", async (_what, start) => {
    expect(isLeftBehind(await start())).toBe(false);
  });

  it("is ended for good, also where it does not listen", async () => {
    const pid = await startEngine(gone);
    const identity = identify(pid)!;
    process.kill(pid, "SIGSTOP");
    expect(await killProcess(identity)).toBe(true);
    expect(lives(identity)).toBe(false);
  });
});

describe("a lock", () => {
  it("is held by an engine that lives, and by anyone on another computer", async () => {
    expect(isStale({ pid: await startEngine(), hostname: hostname(), timestamp })).toBe(false);
    expect(isStale({ pid: 1, hostname: "elsewhere", timestamp })).toBe(false);
  });

  it("is stale when its holder is gone, is another program by now, or has ended and nobody asked for its end", async () => {
    expect(isStale({ pid: 2 ** 22 - 1, hostname: hostname(), timestamp })).toBe(true);
    expect(isStale({ pid: await startEngine(undefined, "/bin/sleep"), hostname: hostname(), timestamp })).toBe(true);
    // A shell that becomes another program never waits for the child that it had.
    const parent = spawn("/bin/sh", ["-c", `${engine} 0 & echo $!; exec sleep 60`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    started.push(parent);
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    while (identify(pid) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isStale({ pid, hostname: hostname(), timestamp })).toBe(true);
  });
});
