import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  readMachineState,
  readNetworkState,
  findRangeConflict,
  type ComputerState,
  type Route,
} from "../../lib/targets/local/machineState";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();
const token = /^[0-9a-f]{8}$/;

/** A folder that looks like the root of a computer, with these interfaces and routes. */
function makeComputer(
  interfaces: Record<string, { alias: string; index?: number }> = {},
  routes?: Route[],
): ComputerState {
  const root = newFolder();
  mkdirSync(path.join(root, "proc/sys/kernel/random"), { recursive: true });
  writeFileSync(path.join(root, "proc/sys/kernel/random/boot_id"), "boot-1\n");
  for (const [name, { alias, index = 7 }] of Object.entries(interfaces)) {
    const folder = path.join(root, "sys/class/net", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "ifalias"), `${alias}\n`);
    writeFileSync(path.join(folder, "ifindex"), `${index}\n`);
  }
  return { root, routes: () => routes };
}

describe("readMachineState", () => {
  let process: ChildProcess;
  let facts: { pid: number; startTime: number; bootId: string };

  beforeAll(() => {
    process = spawn("sleep", ["60"], { stdio: "ignore" });
    const fields = readFileSync(`/proc/${process.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    facts = { pid: process.pid!, startTime: Number(fields[19]), bootId };
  });
  afterAll(() => process.kill());

  function machineFolder(changes: object = {}): string {
    const folder = newFolder();
    const record = { incarnation: "5b1f7bfa", ...facts, settings: { suite: "trixie" }, ...changes };
    writeFileSync(path.join(folder, "machine.json"), JSON.stringify(record));
    return folder;
  }

  it("gives the recorded incarnation while the machine lives", () => {
    expect(readMachineState(machineFolder(), "trixie")).toBe("5b1f7bfa");
    expect(readMachineState(machineFolder())).toBe("5b1f7bfa");
  });

  it.each([
    ["another process has its number", { startTime: 1 }],
    ["this computer has been started anew", { bootId: "another" }],
    ["its process is gone", { pid: 4194305 }],
    ["it has another suite than asked", { settings: { suite: "bookworm" } }],
    ["its record lacks the settings", { settings: undefined }],
  ])("gives a fresh token when %s", (_, changes) => {
    const folder = machineFolder(changes);
    const seen = readMachineState(folder, "trixie");
    expect(seen).toMatch(token);
    expect(seen).not.toBe("5b1f7bfa");
    expect(readMachineState(folder, "trixie")).not.toBe(seen);
  });

  it("gives a fresh token for a dead process that nobody has collected", () => {
    const computer = makeComputer();
    const stat = (state: string) =>
      `77 (a) b (c) ${state} ${Array.from({ length: 18 }, (_, i) => i + 4).join(" ")} 900`;
    const folder = machineFolder({ pid: 77, startTime: 900, bootId: "boot-1" });
    mkdirSync(path.join(computer.root, "proc/77"));
    writeFileSync(path.join(computer.root, "proc/77/stat"), stat("S"));
    expect(readMachineState(folder, "trixie", computer)).toBe("5b1f7bfa");
    writeFileSync(path.join(computer.root, "proc/77/stat"), stat("Z"));
    expect(readMachineState(folder, "trixie", computer)).not.toBe("5b1f7bfa");
  });

  it("gives a fresh token and writes nothing when there is no record, or half of one", () => {
    const folder = newFolder();
    expect(readMachineState(folder)).toMatch(token);
    expect(readMachineState(path.join(folder, "absent"))).toMatch(token);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path.join(folder, "machine.json"), '{"incarnation": "5b1f');
    chmodSync(path.join(folder, "machine.json"), 0o600);
    expect(readMachineState(folder)).toMatch(token);
  });
});

describe("readNetworkState", () => {
  const computer = makeComputer({ "portico-1": { alias: "portico:/srv/dev", index: 7 } });

  function stateFolder(changes: object = {}): string {
    const folder = newFolder();
    const record = { bridge: "portico-1", incarnation: "n1", index: 7, bootId: "boot-1", ...changes };
    writeFileSync(path.join(folder, "network.json"), JSON.stringify(record));
    return folder;
  }

  it("gives the recorded incarnation while that very bridge is there", () => {
    expect(readNetworkState(stateFolder(), "portico-1", computer)).toBe("n1");
  });

  it.each([
    ["the bridge was made anew by others", { index: 6 }],
    ["the record tells of another bridge", { bridge: "portico-2" }],
    ["this computer has been started anew", { bootId: "boot-0" }],
  ])("gives a fresh token when %s", (_, changes) => {
    expect(readNetworkState(stateFolder(changes), "portico-1", computer)).toMatch(token);
  });

  it("gives a fresh token when the bridge or the record is gone", () => {
    expect(readNetworkState(stateFolder(), "portico-1", makeComputer())).toMatch(token);
    expect(readNetworkState(newFolder(), "portico-1", computer)).toMatch(token);
  });
});

describe("findRangeConflict", () => {
  const range = "10.31.64.0/24";
  const owner = newFolder();
  const neighbour = newFolder();
  const moved = newFolder();
  rmSync(moved, { recursive: true });

  function observe(
    routes: Route[] | undefined,
    interfaces: Record<string, { alias: string }> = {},
  ): string | undefined {
    return findRangeConflict(range, "portico-1", owner, makeComputer(interfaces, routes));
  }

  it("finds no fault in a range that nothing routes, the default route apart", () => {
    expect(
      observe([
        { dst: "default", dev: "eth0" },
        { dst: "10.31.65.0/24", dev: "eth0" },
        { dst: "10.31.63.255", dev: "eth0" },
      ]),
    ).toBeUndefined();
    expect(observe(undefined)).toBeUndefined();
  });

  it.each(["10.31.64.0/24", "10.31.64.128/25", "10.0.0.0/8", "10.31.64.9"])(
    "refuses a range when %s goes to another device",
    (dst) => {
      const fault = observe([{ dst, dev: "eth0" }], { eth0: { alias: "" } });
      expect(fault).toBe(`a private range that this computer does not route elsewhere (${dst} goes to eth0)`);
    },
  );

  it("refuses a range that is cut off", () => {
    expect(observe([{ dst: range, type: "blackhole" }])).toContain("goes to blackhole");
  });

  it.each([
    ["the bridge itself", "portico-1", owner],
    ["another bridge of the same owner", "portico-0", owner],
    ["a bridge whose owner's folder is gone", "portico-0", moved],
  ])("finds no fault when the range goes to %s", (_, dev, holder) => {
    expect(observe([{ dst: range, dev }], { [dev]: { alias: `portico:${holder}` } })).toBeUndefined();
  });

  it("refuses a range that goes to the bridge of another stack, and names it", () => {
    expect(observe([{ dst: range, dev: "portico-2" }], { "portico-2": { alias: `portico:${neighbour}` } })).toContain(
      "goes to portico-2",
    );
  });

  it("refuses a bridge that another stack or program holds, and names the holder", () => {
    expect(observe([], { "portico-1": { alias: `portico:${neighbour}` } })).toBe(
      `a stack whose bridge is free (portico-1 belongs to ${neighbour})`,
    );
    expect(observe([], { "portico-1": { alias: "" } })).toContain("belongs to another program");
    expect(observe([], { "portico-1": { alias: `portico:${moved}` } })).toBeUndefined();
  });
});
