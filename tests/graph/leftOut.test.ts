import { leftOutVariable } from "../../lib/rollout/leftOut";
import { silentVariable } from "../../lib/targets/local/machineState";
import { incarnationOf, Program } from "../support/programMocks";
import { readStackFile, type StackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let program: Program;

beforeAll(() => {
  program = new Program(makeFolder());
});
afterEach(() => {
  delete process.env[leftOutVariable];
  delete process.env[silentVariable];
});

function threeHosts(changes: Record<string, unknown> = {}): StackFile {
  return { ...readStackFile("dev"), "portico:local": { webMachines: 3 }, ...changes };
}

const switching = /-(ready|packages|bundle|release|stage|activate|confirm)$|-gate-/;

describe("an update without a host", () => {
  it("declares its machine, nothing on it, and lets nothing wait for it", async () => {
    const whole = await program.run({ file: threeHosts() });
    process.env[leftOutVariable] = "web-2";
    const recording = await program.run({ file: threeHosts() });
    const ofHost = (label: string) => label.startsWith("web-2-") || label.endsWith("-gate-web-2");
    expect(recording.labels).toContain("web-2-machine");
    expect(recording.labels.filter((label) => ofHost(label) && switching.test(label))).toEqual([]);
    // It was the first of its batch, by which the gate of that is named.
    expect(recording.labels.filter((label) => switching.test(label))).toEqual(
      [...whole.labels.filter((label) => switching.test(label) && !ofHost(label)), "balancer-gate-web-3"].sort(),
    );
    expect([...recording.waitsFor("web-3-activate")]).toContain("balancer-gate-web-1");
    for (const label of recording.labels)
      expect([...recording.waitsFor(label)].filter((each) => ofHost(each) && switching.test(each))).toEqual([]);
  });

  it("gives the others what a whole update gives them, the time of a lease included", async () => {
    const inputs = async () => {
      const recording = await program.run({ file: threeHosts() });
      return ["web-1-stage", "web-1-activate", "balancer-stage"].map((label) => recording.get(label).inputs);
    };
    const whole = await inputs();
    process.env[leftOutVariable] = "web-2";
    expect(await inputs()).toEqual(whole);
  });

  it("does not change the generation of the authority", async () => {
    process.env[leftOutVariable] = "web-2";
    const run = program.run({ file: threeHosts({ "portico:authority": { generation: 2 } }), previousGeneration: 1 });
    await expect(run).rejects.toThrow(/authority\.generation: got 2; allowed: 1 in an update without web-2/);
  });
});

describe("a local machine that lets nobody in", () => {
  it("has another identity in the plan, so that it is booted again; the others keep theirs", async () => {
    process.env[silentVariable] = "web-2";
    const recording = await program.run({ file: threeHosts() });
    const triggers = (label: string) => recording.get(label).inputs.triggers;
    expect(triggers("web-1-ready")).toEqual([incarnationOf("web-1")]);
    expect(triggers("web-2-ready")).not.toEqual([incarnationOf("web-2")]);
  });
});
