import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runEngine } from "../../bin/commands/base/engine";
import { StepWatch, stepLimitMinutes } from "../../bin/commands/update/stepWatch";

const stage = "urn:pulumi:dev::portico::portico:components:AppServer$command:remote:Command::web-1-stage";
const machine = "urn:pulumi:dev::portico::command:local:Command::web-1-machine";
const minute = 60_000;

describe("a watched update", () => {
  let complaint: string;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
    complaint = "";
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      complaint += String(text);
      return true;
    });
  });

  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it("names a step on a host that has not ended in time, and no other", () => {
    const steps = new StepWatch();
    for (const urn of [stage, machine]) steps.hear({ timestamp: 1, kind: "begun", urn, op: "update" });
    jest.advanceTimersByTime(stepLimitMinutes * minute - 1);
    expect(steps.overdue()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(steps.overdue()).toEqual(["web-1-stage"]);
    steps.hear({ timestamp: 2, kind: "ended", urn: stage, op: "update" });
    expect(steps.overdue()).toEqual([]);
  });

  it("ends an engine whose step hangs, though it heeds no interrupt", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "portico-engine-"));
    const engine = path.join(folder, "pulumi");
    writeFileSync(
      engine,
      '#!/bin/bash\ntrap \'echo told >>"$TOLD"\' INT\ntouch "$TOLD"\nwhile :; do sleep 0.05; done\n',
    );
    chmodSync(engine, 0o755);
    const told = path.join(folder, "told");
    try {
      const steps = new StepWatch();
      steps.hear({ timestamp: 1, kind: "begun", urn: stage, op: "update" });
      const environment = { PATH: `${folder}:${process.env.PATH}`, TOLD: told };
      const running = steps.during((end) => runEngine([], environment, end));
      while (!holds(told, "")) await turn();
      jest.advanceTimersByTime(stepLimitMinutes * minute + 5000);
      while (!holds(told, "told\n")) await turn();
      jest.advanceTimersByTime(30_000);
      expect(await running).toBe(1);
      expect(complaint).toContain(`portico: web-1-stage: no end within ${stepLimitMinutes} minutes`);
      expect(complaint).toContain("the engine was ended by SIGKILL");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("leaves an engine alone that ends by itself", async () => {
    expect(await new StepWatch().during((end) => Promise.resolve(end.aborted))).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
    expect(complaint).toBe("");
  });
});

const holds = (file: string, text: string) => existsSync(file) && readFileSync(file, "utf8") === text;

const turn = () => new Promise((resolve) => setImmediate(resolve));
