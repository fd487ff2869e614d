import { Program } from "../support/programMocks";
import { stdoutOf } from "../support/providerMocks";
import type { Recording } from "../support/recording";
import { each, gatesOf, isSwitching, migration } from "../support/rolloutSteps";
import { stackWith } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, isUnknown } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;

beforeAll(() => {
  program = new Program(makeFolder());
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
