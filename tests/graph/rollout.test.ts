import { Program } from "../support/programMocks";
import { stdoutOf } from "../support/providerMocks";
import type { Recording } from "../support/recording";
import { readStackFile, type StackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, isUnknown } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;

beforeAll(() => {
  program = new Program(makeFolder());
});

const migration = { command: ["flask", "db", "upgrade"] };

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

const each = (role: string, hosts: string[]) => hosts.map((host) => `${host}-${role}`);
/** One for each batch, named after its first host. */
const gatesOf = (batches: string[][]) => batches.map(([first]) => `balancer-gate-${first}`);
const isSwitching = (label: string) => /-(migrate|activate|confirm)$|-gate-/.test(label);

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

describe("what the steps after staging are told", () => {
  const hosts = ["web-1", "web-2", "web-3", "balancer"];
  const batches = [["web-1"], ["web-2", "web-3"]];
  const addresses: Record<string, string> = {
    "web-1": "10.31.64.11",
    "web-2": "10.31.64.12",
    "web-3": "10.31.64.13",
  };
  const file = stackWith({ local: { webMachines: 3 }, rollout: { batch: 2 }, app: { migration } });
  let recording: Recording;

  beforeAll(async () => {
    recording = await program.run({ file });
  });

  it("is to a migration the line that its host's stage printed, as it is", () => {
    expect(recording.stdinOf("web-1-migrate")).toBe(stdoutOf("web-1-stage"));
  });

  it("is to the balancer's learning the line of its stage, as it is", () => {
    expect(recording.stdinOf("balancer-trust")).toBe(stdoutOf("balancer-stage"));
  });

  it("is to a visit that line, what a visitor asks, and what all activations printed", async () => {
    const activated = each("activate", hosts).map(stdoutOf);
    const input = { ...JSON.parse(stdoutOf("balancer-stage")), activated };
    expect(JSON.parse(recording.stdinOf("balancer-visit"))).toEqual({
      ...input,
      paths: { ready: "/readyz", home: "/" },
    });
    const other = await program.run({
      file: stackWith({ local: { webMachines: 3 }, app: { readyPath: "/up", homePath: null } }),
    });
    expect(JSON.parse(other.stdinOf("balancer-visit"))).toMatchObject({ paths: { ready: "/up", home: null } });
  });

  it("is to a confirmation that line, and what the host's own activation printed", () => {
    for (const host of hosts) {
      const input = { ...JSON.parse(stdoutOf(`${host}-stage`)), activated: stdoutOf(`${host}-activate`) };
      expect(JSON.parse(recording.stdinOf(`${host}-confirm`))).toEqual(input);
    }
  });

  it("is to a gate the line of the balancer's stage, the hosts to ask, and what its batch printed", () => {
    for (const batch of batches) {
      const asked = batch.map((name) => ({ name, address: addresses[name] }));
      const activated = each("activate", batch).map(stdoutOf);
      const input = { ...JSON.parse(stdoutOf("balancer-stage")), hosts: asked, activated };
      expect(JSON.parse(recording.stdinOf(`balancer-gate-${batch[0]}`))).toEqual(input);
    }
  });

  it.each([
    ["web-1-stage", ["web-1-activate", "web-1-confirm", "web-1-migrate"]],
    ["web-3-activate", ["balancer-gate-web-2", "balancer-visit", "web-3-confirm"]],
    [
      "balancer-stage",
      ["balancer-activate", "balancer-confirm", ...gatesOf(batches), "balancer-trust", "balancer-visit"],
    ],
    ["balancer-activate", ["balancer-confirm", "balancer-visit"]],
    [
      "none of these: migration, trust, gates, the visit, confirmations",
      [],
      ["balancer-trust", "balancer-visit", "web-1-migrate", ...gatesOf(batches), ...each("confirm", hosts)],
    ],
  ])("changes with the line that %s prints: %j run again", async (label, followers, labels = [label]) => {
    const { history } = recording.outputsOf("Stack");
    const prints = Object.fromEntries(labels.map((printing) => [printing, '{"printed":"another line"}']));
    expect(recording.changesTo(await program.run({ file, history, prints }))).toEqual(followers);
  });

  it("is secret, and in a preview of a new stack unknown", async () => {
    const preview = await program.run({ file, preview: true });
    const steps = recording.labels.filter(isSwitching);
    expect(steps).toHaveLength(1 + 4 + 2 + 4);
    expect(steps.filter((label) => !isSecret(recording.get(label).inputs.stdin))).toEqual([]);
    expect(steps.filter((label) => !isUnknown(preview.get(label).inputs.stdin))).toEqual([]);
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

/** The stack file of the project with other settings in some groups. */
function stackWith(groups: Record<string, object>): StackFile {
  const dev = readStackFile("dev");
  const changed = Object.entries(groups).map(([group, settings]) => [
    `portico:${group}`,
    { ...(dev[`portico:${group}`] as object | undefined), ...settings },
  ]);
  return { ...dev, ...Object.fromEntries(changed) };
}
