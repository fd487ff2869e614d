import { Program } from "../support/programMocks";
import { stdoutOf } from "../support/providerMocks";
import type { Recording } from "../support/recording";
import { each, gatesOf, isSwitching, migration } from "../support/rolloutSteps";
import { stackWith } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let program: Program;

beforeAll(() => {
  program = new Program(makeFolder());
});

interface Layout {
  name: string;
  webMachines: number;
  rollout?: { batch: number | string };
  migrates: boolean;
  batches: string[][];
  leaseSeconds: number;
}

/** By the defaults a batch may take 130 s (40 to start, 15 to answer, 45 to drain, 30 beside), and the whole 60 s more. */
const layouts: Layout[] = [
  {
    name: "one at a time",
    webMachines: 3,
    rollout: { batch: 1 },
    migrates: true,
    batches: [["web-1"], ["web-2"], ["web-3"]],
    leaseSeconds: 450,
  },
  {
    name: "one and then half of them, as by default",
    webMachines: 4,
    migrates: true,
    batches: [["web-1"], ["web-2", "web-3"], ["web-4"]],
    leaseSeconds: 450,
  },
  {
    name: "two at a time",
    webMachines: 5,
    rollout: { batch: 2 },
    migrates: true,
    batches: [["web-1"], ["web-2", "web-3"], ["web-4", "web-5"]],
    leaseSeconds: 450,
  },
  {
    name: "a quarter at a time",
    webMachines: 5,
    rollout: { batch: "25%" },
    migrates: false,
    batches: [["web-1"], ["web-2", "web-3"], ["web-4", "web-5"]],
    leaseSeconds: 450,
  },
  {
    name: "all at once after the first",
    webMachines: 4,
    rollout: { batch: "100%" },
    migrates: false,
    batches: [["web-1"], ["web-2", "web-3", "web-4"]],
    leaseSeconds: 320,
  },
];

describe.each(layouts)("hosts that switch $name", ({ webMachines, rollout, migrates, batches, leaseSeconds }) => {
  let recording: Recording;
  const web = batches.flat();
  const hosts = [...web, "balancer"];
  const stages = each("stage", hosts);
  const first = migrates ? ["web-1-migrate"] : [];
  const switched = [...first, ...each("activate", hosts), ...gatesOf(batches)];

  beforeAll(async () => {
    recording = await program.run({
      file: stackWith({ local: { webMachines }, ...(rollout && { rollout }), app: migrates ? { migration } : {} }),
    });
  });

  const dependenciesOf = (label: string) => recording.get(label).options.dependsOn;
  /** What has to be done before it, of all that comes after staging. */
  const waitsOf = (label: string) => [...recording.waitsFor(label)].filter(isSwitching).sort();
  /** Migration, activations and gates that are over when the batch begins. */
  const before = (batch: number) => {
    const done = batches.slice(0, batch);
    return [...first, ...each("activate", done.flat()), ...gatesOf(done)];
  };

  it("are staged, activated and confirmed once each, application hosts gated once a batch, by one rollout", () => {
    expect(recording.labels.filter(isSwitching)).toEqual([...switched, ...each("confirm", hosts)].sort());
    expect(recording.labels.filter((label) => label.endsWith("-stage"))).toEqual([...stages].sort());
    expect(recording.get("Rollout rollout").inputs).toEqual({ batches, leaseSeconds });
    const parents = recording.labels.filter(isSwitching).map((label) => recording.get(label).options.parent);
    expect(new Set(parents)).toEqual(new Set(["Rollout rollout"]));
  });

  it("do so when all is staged on all of them, the balancer too; staging waits for none of it", () => {
    for (const label of switched) expect([...recording.waitsFor(label)]).toEqual(expect.arrayContaining(stages));
    for (const label of stages) expect(waitsOf(label)).toEqual([]);
  });

  it("wait for the migration, if there is one, and for the gates of all batches before, not for others of their batch", () => {
    batches.forEach((batch, index) => {
      const gates = gatesOf(batches.slice(Math.max(0, index - 1), index));
      for (const label of each("activate", batch)) {
        expect(waitsOf(label)).toEqual(before(index).sort());
        expect(dependenciesOf(label)).toEqual(expect.arrayContaining(index === 0 ? first : gates));
      }
    });
  });

  it("are checked when their whole batch has switched, all hosts of it by one gate", () => {
    batches.forEach((batch, index) => {
      const [label] = gatesOf([batch]) as [string];
      expect(waitsOf(label)).toEqual([...before(index), ...each("activate", batch)].sort());
      expect(dependenciesOf(label)).toEqual(expect.arrayContaining(each("activate", batch)));
      const { hosts: asked } = JSON.parse(recording.stdinOf(label)) as { hosts: { name: string }[] };
      expect(asked.map(({ name }) => name)).toEqual(batch);
    });
  });

  it("are all checked before the balancer switches", () => {
    expect(waitsOf("balancer-activate")).toEqual(before(batches.length).sort());
    expect(dependenciesOf("balancer-activate")).toEqual(expect.arrayContaining(gatesOf(batches.slice(-1))));
  });

  it("are confirmed when all have switched and were checked, the balancer first, whose certificate the others demand then", () => {
    const [last, ...others] = [
      "balancer-confirm",
      ...each(
        "confirm",
        hosts.filter((host) => host !== "balancer"),
      ),
    ];
    expect(waitsOf(last)).toEqual([...switched].sort());
    for (const label of others) expect(waitsOf(label)).toEqual([...switched, last].sort());
    const waiting = recording.labels.filter((label) => waitsOf(label).some((other) => other.endsWith("-confirm")));
    expect(waiting.sort()).toEqual(others.sort());
  });

  it("switch when the balancer believes their authority, which it learns when all is staged", () => {
    for (const label of each("activate", batches[0]!)) expect(dependenciesOf(label)).toContain("balancer-trust");
    expect(dependenciesOf("balancer-trust")).toEqual(expect.arrayContaining(stages));
    expect(waitsOf("balancer-trust")).toEqual([]);
  });

  it("are confirmed when a visitor got an answer from the site, after all of them have switched and were checked", () => {
    expect(dependenciesOf("balancer-confirm")).toContain("balancer-visit");
    expect(waitsOf("balancer-visit")).toEqual([...switched].sort());
  });

  it("take what they staged, on a lease for all batches", () => {
    for (const host of hosts) {
      expect(JSON.parse(recording.stdinOf(`${host}-activate`))).toEqual({
        ...JSON.parse(stdoutOf(`${host}-stage`)),
        leaseSeconds,
      });
    }
  });
});

it("makes no host depend on each other one, so that what the engine keeps of a host is the same in a large fleet", async () => {
  const dependencies = async (webMachines: number) => {
    const run = await program.run({ file: stackWith({ local: { webMachines }, rollout: { batch: 1 } }) });
    return run.labels.map((label) => run.get(label).options.dependsOn.length).reduce((sum, count) => sum + count, 0);
  };
  const [four, six, eight] = [await dependencies(4), await dependencies(6), await dependencies(8)];
  expect(eight - six).toBe(six - four);
});

describe("the lease", () => {
  it.each([
    [
      "follows the settings that a batch waits for",
      { app: { startSeconds: 101, readySeconds: 22 }, balancer: { drainSeconds: 63 } },
      2 * (101 + 22 + 63 + 30) + 60,
    ],
    [
      "is as long as the slowest settings allow",
      { app: { startSeconds: 120, readySeconds: 60 }, balancer: { drainSeconds: 180 } },
      2 * (120 + 60 + 180 + 30) + 60,
    ],
  ])("%s", async (_, settings, leaseSeconds) => {
    const recording = await program.run({ file: stackWith(settings) });
    const leases = each("activate", ["web-1", "web-2", "balancer"]).map(
      (label) => (JSON.parse(recording.stdinOf(label)) as { leaseSeconds: number }).leaseSeconds,
    );
    expect(leases).toEqual([leaseSeconds, leaseSeconds, leaseSeconds]);
    expect(recording.get("Rollout rollout").inputs).toMatchObject({ leaseSeconds });
  });
});

describe("a migration", () => {
  it("is one resource more, on the first host, and changes the application hosts' bundle; there is none without the setting", async () => {
    const without = await program.run({ file: stackWith({}) });
    const { history } = without.outputsOf("Stack");
    const migrating = await program.run({ file: stackWith({ app: { migration } }), history });
    expect(without.labels.filter((label) => label.includes("migrate"))).toEqual([]);
    expect(migrating.labels.filter((label) => !without.labels.includes(label))).toEqual(["web-1-migrate"]);
    expect(without.labels.filter((label) => !migrating.labels.includes(label))).toEqual([]);
    const changed = without.changesTo(migrating);
    expect(changed).toEqual(expect.arrayContaining(["web-1-bundle", "web-2-bundle"]));
    expect(changed.filter((label) => /balancer|machine|key|certificate|ready|release/.test(label))).toEqual([]);
  });
});
