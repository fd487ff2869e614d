import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { outputsIn } from "../../bin/commands/state/stackState";
import { changedNothing, runUpdates } from "../../bin/commands/update/updates";

const events = (...ops: string[]) => ops.map((op) => ({ timestamp: 1, kind: "ended" as const, urn: "urn", op }));

test("an update that found all as it was has nothing to be read again", () => {
  expect(changedNothing([events("read", "same", "same")])).toBe(true);
});

test.each(["create", "update", "replace", "delete", "refresh", "discard"])(
  "one with a resource to %s has, whatever the others are",
  (op) => {
    expect(changedNothing([events("same", op)])).toBe(false);
    expect(changedNothing([events("same"), events("same", op)])).toBe(false);
  },
);

test("one whose log is empty says nothing", () => {
  expect(changedNothing([[]])).toBe(false);
  expect(changedNothing([])).toBe(false);
});

test("the outputs of a stack are those of the stack itself", () => {
  const stack = { urn: "urn:a", type: "pulumi:pulumi:Stack", inputs: {}, outputs: { url: "https://site" } };
  expect(outputsIn([{ urn: "urn:b", type: "command:remote:Command", inputs: {} }, stack])).toEqual({
    url: "https://site",
  });
  expect(outputsIn([])).toEqual({});
});

describe("an update that failed", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "portico-updates-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** An engine that fails after it said so of resources. */
  async function failing(...ops: string[]): Promise<{ code: number; begun: boolean }> {
    const lines = ops.map((op) => `{"timestamp":1,"resourcePreEvent":{"metadata":{"urn":"urn","op":"${op}"}}}`);
    const script = ["#!/bin/sh", 'for word; do log=$word; done; cat > "$log" <<END', ...lines, "END", "exit 255", ""];
    writeFileSync(path.join(folder, "pulumi"), script.join("\n"), { mode: 0o700 });
    const environment = { PATH: `${folder}:/usr/bin:/bin` };
    return runUpdates("dev", { environment, exclusions: [] } as unknown as Parameters<typeof runUpdates>[1]);
  }

  it("has begun once a resource was to change, so that hosts go back", async () => {
    expect(await failing("same", "update")).toMatchObject({ code: 255, begun: true });
  });

  it("has not, where settings were refused, and no host is asked to go back", async () => {
    expect(await failing("same")).toMatchObject({ code: 255, begun: false });
  });

  it("may have, where its log is empty", async () => {
    expect(await failing()).toMatchObject({ code: 255, begun: true });
  });
});
