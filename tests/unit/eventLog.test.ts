import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { withEventLog } from "../../bin/commands/update/eventLog";
import { run } from "../support/run";

const urn = "urn:pulumi:dev::portico::command:local:Command::web-1-machine";
const privateKey = "-----BEGIN PRIVATE KEY-----";

describe("the engine's event log", () => {
  it("is read as it is written, and tells what began and ended", async () => {
    const { result, events } = await logging([
      JSON.stringify({ timestamp: 1, resourcePreEvent: { metadata: { urn, op: "create" } } }),
      JSON.stringify({ timestamp: 2, diagnosticEvent: { message: privateKey } }),
      JSON.stringify({
        timestamp: 3,
        resOutputsEvent: { metadata: { urn, op: "create", new: { outputs: { key: privateKey } } } },
      }),
    ]);
    expect(result).toBe(7);
    expect(events).toEqual([
      { timestamp: 1, kind: "begun", urn, op: "create" },
      { timestamp: 3, kind: "ended", urn, op: "create" },
    ]);
  });

  it("goes through a pipe that is gone afterwards, also when the run fails", async () => {
    const before = leftovers();
    let kind = "";
    const failing = withEventLog({}, async ([, pipe]) => {
      kind = (await run(["stat", "--format=%F %a", pipe!])).stdout.trim();
      throw new Error("no engine");
    });
    await expect(failing).rejects.toThrow("no engine");
    expect(kind).toBe("fifo 600");
    expect(leftovers()).toEqual(before);
  });

  it("tells nothing of a line that was cut off", async () => {
    const { events } = await logging(['{"timestamp": 1, "resourcePreEvent": {"metadata": {"urn']);
    expect(events).toEqual([]);
  });
});

/** A writer in the engine's place. */
function logging(lines: string[]) {
  return withEventLog({ PATH: process.env.PATH! }, async ([flag, pipe], environment) => {
    expect([flag, environment.PULUMI_DEBUG_COMMANDS]).toEqual(["--event-log", "true"]);
    await run(["sh", "-c", `cat >"$1"`, "sh", pipe!], { input: lines.map((line) => `${line}\n`).join("") });
    return 7;
  });
}

function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("portico-events-"));
}
