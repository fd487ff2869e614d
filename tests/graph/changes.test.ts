import { cpSync, writeFileSync } from "node:fs";
import { incarnationOf, Program, type ProgramRun } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile, type StackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let program: Program;
let before: Recording;

const base = withApp({ secrets: ["paymentKey"] });
const secrets = { "portico:paymentKey": "planted-1" };

const webCalls = ["web-1", "web-2"].flatMap((host) => [`${host}-activate`, `${host}-confirm`, `${host}-stage`]);
const webBundles = [
  "AppServer web-1",
  "AppServer web-2",
  "HostFiles web-files",
  ...webCalls,
  "web-1-bundle",
  "web-2-bundle",
];
const balancerCalls = ["activate", "confirm", "gate-web-1", "gate-web-2", "stage", "trust", "visit"].map(
  (role) => `balancer-${role}`,
);
const balancerBundle = ["EdgeBalancer balancer", "HostFiles balancer-files", "balancer-bundle", ...balancerCalls];

beforeAll(async () => {
  program = new Program(makeFolder());
  before = await program.run({ file: base, secrets });
});

async function changesOf(run: Partial<ProgramRun>): Promise<string[]> {
  const after = await program.run({ file: base, secrets, history: before.outputsOf("Stack").history, ...run });
  expect(after.labels).toEqual(before.labels);
  return before.changesTo(after);
}

it("nothing changes when nothing was changed, whoever runs it", async () => {
  expect(await changesOf({ person: "another" })).toEqual([]);
});

it("a setting of Nginx reaches the files, the bundles and their calls, no machine, no key, no certificate", async () => {
  const changed = await changesOf({ file: { ...base, "portico:nginx": { keepaliveTimeoutSeconds: 90 } } });
  expect(changed).toEqual([...webBundles, ...balancerBundle].sort());
});

it("a setting of Gunicorn reaches the application hosts alone", async () => {
  expect(await changesOf({ file: { ...base, "portico:gunicorn": { threads: 7 } } })).toEqual([...webBundles].sort());
});

describe("another release", () => {
  const folder = makeFolder();
  cpSync("app", folder, { recursive: true });
  writeFileSync(`${folder}/another.txt`, "of another release\n");
  const file = withApp({ secrets: ["paymentKey"], folder });
  const beyond = (changed: string[]) => changed.filter((label) => /balancer|machine|key|certificate|ready/.test(label));

  it("reaches the application hosts alone, beside the same files", async () => {
    const changed = await changesOf({ file });
    expect(changed).toEqual(
      expect.arrayContaining(["ServerFleet web", "web-1-release", "web-2-release", "web-1-stage", "web-2-stage"]),
    );
    // The lock is the same, and its wheels are there already.
    expect(changed.filter((label) => label.endsWith("-wheels"))).toEqual([]);
    expect(beyond(changed)).toEqual([]);
  });

  it("by another person is told to the balancer's stage too, which prints the same then", async () => {
    expect(beyond(await changesOf({ file, person: "another" }))).toEqual(["balancer-stage"]);
  });
});

it("another value of a secret runs stage on the application hosts, and shows in no name and no file", async () => {
  expect(await changesOf({ secrets: { "portico:paymentKey": "planted-2" } })).toEqual(["web-1-stage", "web-2-stage"]);
});

it("a machine under another identity is made again and deployed again, and no other", async () => {
  const reborn = (name: string) => (name === "web-1" ? "another incarnation" : incarnationOf(name));
  const prints = { "web-1-activate": '{"printed":"all files changed"}' };
  const roles = ["activate", "bundle", "confirm", "machine", "packages", "ready", "release", "stage", "wheels"];
  expect(await changesOf({ computer: { machine: reborn }, prints })).toEqual([
    "balancer-gate-web-1",
    "balancer-visit",
    ...roles.map((role) => `web-1-${role}`),
  ]);
});

it("a balancer under another identity checks all application hosts again", async () => {
  const reborn = (name: string) => (name === "balancer" ? "another incarnation" : incarnationOf(name));
  const roles = ["bundle", "machine", "packages", "ready"].map((role) => `balancer-${role}`);
  expect(await changesOf({ computer: { machine: reborn } })).toEqual([...roles, ...balancerCalls].sort());
});

it("another size of the application machines changes them in place: their identity and what is on them stay", async () => {
  const changed = await changesOf({ file: { ...base, "portico:local": { web: { memoryMegabytes: 2048 } } } });
  expect(changed).toEqual(["LocalMachine web-1", "LocalMachine web-2", "web-1-machine", "web-2-machine"]);
});

it("a stack of another name has machines and files of its own, and the same files on its hosts", async () => {
  const changed = await changesOf({ stack: "staging" });
  expect(changed).toEqual(
    expect.arrayContaining([
      "LocalNetwork local-network",
      "local-network-bridge",
      "web-1-machine",
      "PrivateAuthority authority",
      "authority-certificate",
    ]),
  );
  expect(changed.filter((label) => /HostFiles|AppServer|activate|-key$/.test(label))).toEqual([]);
});

function withApp(settings: Record<string, unknown>): StackFile {
  const dev = readStackFile("dev");
  return { ...dev, "portico:app": { ...(dev["portico:app"] as object), ...settings } };
}
