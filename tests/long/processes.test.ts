import { randomBytes } from "node:crypto";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ask } from "../support/ask";
import { lockRequirements } from "../support/lockFile";
import { Redis } from "../support/redis";
import { until } from "../support/until";
import { clients, removeWorkspace, TestStack } from "../support/testStack";

jest.setTimeout(15 * 60 * 1000);

/** Celery on two hosts, and what runs once in the fleet, over a real Redis: releases, a failure and a rollback while jobs come. */
const source = path.join("tests", "applications", "jobs");
const addresses = clients.load.replace(/\d+$/, "");
const siteName = "portico.internal";
const redisPort = 63799;
const secret = randomBytes(16).toString("hex");
const worker = [
  "sh",
  "-c",
  "exec celery -A jobs:queue worker --concurrency 3 --loglevel warning --without-gossip --without-mingle -n $PORTICO_PROCESS-$PORTICO_SLOT@%h",
];
const processes = {
  worker: { command: worker, memoryMegabytes: 256, stopSeconds: 30 },
  clock: { command: ["python", "-m", "jobs"], hosts: "first", memoryMegabytes: 64, steadySeconds: 2 },
};
const schedules = {
  // Longer than the time until the next one.
  tally: { command: ["python", "-m", "jobs", "tally"], calendar: "*:*:0/15", memoryMegabytes: 64 },
  fault: { command: ["python", "-c", "raise SystemExit('no report')"], calendar: "daily", memoryMegabytes: 64 },
};
const stack = new TestStack({
  app: {
    folder: source,
    module: "jobs:app",
    staticFolder: null,
    streamPaths: [],
    generatedSecrets: [],
    memoryMegabytes: 256,
    environment: { JOBS_REDIS: `${addresses}1:${redisPort}` },
    processes,
    schedules,
  },
  gunicorn: { queueMilliseconds: 10_000, workers: 2 },
});
const visited = ["--resolve", `${siteName}:443:${addresses}10`, "--interface", clients.load];
const asked = { stateFolder: stack.stateFolder, url: `https://${siteName}` };

let redis: Redis;
let jobs: Jobs | undefined;
beforeAll(async () => {
  redis = await Redis.start(redisPort, secret);
  await stack.create(secret);
  lockRequirements(path.join(stack.folder, source));
});
afterAll(async () => {
  await jobs?.stop();
  await removeWorkspace();
  redis.stop();
});
beforeEach(() => void process.stderr.write(`   … ${expect.getState().currentTestName}\n`));

/** A visitor whose every request enqueues some jobs, one request after another. */
class Jobs {
  private number = 0;
  private going = true;
  readonly failures: string[] = [];
  private readonly done = this.enqueue();

  private async enqueue(): Promise<void> {
    for (; this.going; await wait(300)) {
      const numbers = Array.from({ length: 3 }, () => ++this.number);
      const query = numbers.map((number) => `number=${number}`).join("&");
      const { status } = await ask(asked, `/jobs?${query}`, ...visited, "--data", "");
      if (status !== 200) this.failures.push(`${status} at ${numbers[0]}`);
    }
  }

  async stop(): Promise<number> {
    this.going = false;
    await this.done;
    return this.number;
  }
}

const list = (key: string) => redis.ask("lrange", key, "0", "-1");
function release(note: string): void {
  for (const file of ["jobs.py", "late.py"])
    stack.edit(path.join(source, file), (text) => text.replace(/NOTE = "\w+"/, `NOTE = "${note}"`));
}
const runs = (host: string) =>
  stack
    .onHost(host, "systemctl list-units --plain --no-legend --state=active 'portico-process-*' | cut -d' ' -f1")
    .split("\n")
    .filter((line) => line !== "")
    .map((unit) => unit.replace(/^portico-process-(\w+)-\w+@/, "$1@"));

async function succeeded(done: Promise<{ code: number | null; output: string }>): Promise<void> {
  const { code, output } = await done;
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
}

/** When what runs once began and ended, in order, each with host and release. */
function clockTurns(): { began: number; ended: number; where: string }[] {
  const lines = list("clock").map((line) => line.split(" "));
  return lines
    .filter(([, what]) => what === "start")
    .map(([time, , host, note, pid]) => {
      const end = lines.find(([, what, , , other]) => what === "end" && other === pid);
      return { began: Number(time), ended: end ? Number(end[0]) : Infinity, where: `${host} ${note}` };
    })
    .sort((left, right) => left.began - right.began);
}

it("starts with the first release, on each host what belongs there", async () => {
  await succeeded(stack.up());
  stack.addClients();
  expect(runs("web-1")).toEqual(["clock@1.service", "worker@1.service"]);
  expect(runs("web-2")).toEqual(["worker@1.service"]);
  expect(clockTurns().map(({ where }) => where)).toEqual(["web-1 first"]);
});

it("loses no job, and does none twice, through releases, one that fails, and a rollback", async () => {
  jobs = new Jobs();
  for (const note of ["second", "third"]) {
    release(note);
    await succeeded(stack.up());
  }
  const restore = stack.change({ "app.processes.worker.command": ["python", "-c", "raise SystemExit('no broker')"] });
  const failed = await stack.up();
  restore();
  release("fourth");
  await succeeded(stack.up());
  await succeeded(stack.rollback());
  const enqueued = await jobs.stop();
  for (let waited = 0; list("done").length < enqueued && waited < 120; waited++) await wait(1000);

  expect(failed.code).toBe(1);
  expect(failed.output).toMatch(/app\.processes\.worker: got its end within \d+ s/);
  expect(failed.output).toContain("no broker");
  expect(jobs.failures).toEqual([]);
  const numbers = Array.from({ length: enqueued }, (_, index) => index + 1);
  const sorted = (key: string) =>
    list(key)
      .map((line) => Number(line.split(" ")[0]))
      .sort((left, right) => left - right);
  expect(sorted("started")).toEqual(numbers);
  expect(sorted("done")).toEqual(numbers);
  const byRelease = list("done").map((line) => line.split(" ")[1]!);
  expect([...new Set(byRelease)].sort()).toEqual(["first", "fourth", "second", "third"]);
  process.stdout.write(`${enqueued} jobs through three releases, a failure and a rollback: 0 lost, 0 twice\n`);
});

it("has what runs once at no moment twice, and away for a few seconds at most", () => {
  const turns = clockTurns();
  expect(turns.map(({ where }) => where)).toEqual(
    ["first", "second", "third", "fourth", "third"].map((note) => `web-1 ${note}`),
  );
  turns.slice(1).forEach(({ began }, index) => {
    const pause = began - turns[index]!.ended;
    expect(pause).toBeGreaterThan(0);
    expect(pause).toBeLessThan(20);
  });
});

it("lets a run at its time end with the release that it began with, and begins no second one meanwhile", () => {
  const turns = list("tally").map((line) => line.split(" "));
  const complete = turns.length - (turns.length % 2);
  for (let index = 0; index < complete; index += 2) {
    const [[began, note, host], [ended, late, same]] = [turns[index]!, turns[index + 1]!];
    expect({ began, ended: [ended, late, same] }).toEqual({ began: "began", ended: ["ended", note, host] });
    expect(host).toBe("web-1");
  }
  const notes = [...new Set(turns.map(([, note]) => note!))];
  expect(notes).toEqual(expect.arrayContaining(["first", "second", "third"]));
  expect(complete).toBeGreaterThan(6);
});

it("shows a run that failed, and when each runs next", async () => {
  stack.onHost("web-1", "systemctl start portico-schedule-fault.service || true");
  const { code, output } = await stack.check();
  expect(code).toBe(2);
  expect(output).toContain("portico-schedule-fault.service: its last run ended with exit code 1");
  const status = JSON.parse(stack.onHost("web-1", "portico-host status")) as {
    schedules: Record<string, Record<string, unknown>>;
  };
  expect(status.schedules.fault).toMatchObject({ running: false, result: "exit-code" });
  expect(status.schedules.fault!.next).toMatch(/ 00:00:00 UTC$/);
  expect(Object.keys(status.schedules)).toEqual(["fault", "tally"]);
  stack.onHost("web-1", "systemctl reset-failed portico-schedule-fault.service");
});

it("is found and healed where somebody stopped it", async () => {
  stack.onHost("web-2", "systemctl stop 'portico-process-worker-*'");
  const found = await stack.check();
  expect(found.code).toBe(2);
  expect(found.output).toMatch(/portico-process-worker-\w+@1\.service: inactive; should be active/);
  await succeeded(stack.check("--heal"));
  expect(runs("web-2")).toEqual(["worker@1.service"]);
});

it("moves what runs once to the next host when its own is gone, and back with it", async () => {
  await stack.powerOff("web-1");
  const before = clockTurns().length;
  await succeeded(stack.upWithout("web-1"));
  expect(runs("web-2")).toEqual(["clock@1.service", "worker@1.service"]);
  expect(clockTurns()).toHaveLength(before + 1);
  const moved = clockTurns().at(-1)!;
  const timers = (host: string) =>
    stack
      .onHost(host, "systemctl list-units --plain --no-legend --state=active 'portico-schedule-*.timer' | wc -l")
      .trim();
  expect(timers("web-2")).toBe("2");
  await succeeded(stack.up());
  await until(
    () => clockTurns().at(-1)!.where.startsWith("web-1"),
    () => clockTurns(),
  );
  expect(runs("web-1")).toEqual(["clock@1.service", "worker@1.service"]);
  expect(runs("web-2")).toEqual(["worker@1.service"]);
  expect([timers("web-1"), timers("web-2")]).toEqual(["2", "0"]);
  expect(clockTurns().at(-1)!.began).toBeGreaterThan(moved.began);
});

it("leaves nothing behind when it leaves the settings", async () => {
  stack.change({ "app.processes": {}, "app.schedules": {} });
  await succeeded(stack.up());
  for (const host of ["web-1", "web-2"]) {
    expect(runs(host)).toEqual([]);
    expect(stack.onHost(host, "find /etc/systemd/system -name 'portico-process-*' -o -name 'portico-schedule-*'")).toBe(
      "",
    );
  }
  await succeeded(stack.check());
});
