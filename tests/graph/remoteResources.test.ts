import { incarnationOf, Program } from "../support/programMocks";
import { publicKeyOf } from "../support/providerMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, reveal } from "../support/wireValues";

const makeFolder = temporaryFolders();
let recording: Recording;

const hosts = { "web-1": "10.31.64.11", "web-2": "10.31.64.12", balancer: "10.31.64.10" };
const onEach = ["ready", "packages", "stage", "activate", "confirm"].flatMap((role) =>
  Object.keys(hosts).map((host) => ({ host, label: `${host}-${role}` })),
);
const gates = ["web-1", "web-2"].map((name) => ({ host: "balancer", label: `balancer-gate-${name}` }));
const around = ["trust", "visit"].map((role) => ({ host: "balancer", label: `balancer-${role}` }));
const commands = [...onEach, ...gates, ...around, { host: "web-1", label: "web-1-migrate" }];
const copies = [
  ...Object.keys(hosts).map((host) => ({ host, label: `${host}-bundle` })),
  ...["web-1", "web-2"].flatMap((host) => ["release", "wheels"].map((step) => ({ host, label: `${host}-${step}` }))),
];
const all = [...commands, ...copies];

beforeAll(async () => {
  const dev = readStackFile("dev");
  const app = { ...(dev["portico:app"] as object), migration: { command: ["flask", "db", "upgrade"] } };
  recording = await new Program(makeFolder()).run({ file: { ...dev, "portico:app": app } });
});

it("the program talks to hosts by these commands and copies alone", () => {
  expect(
    recording
      .ofType(":remote:Command")
      .map(({ label }) => label)
      .sort(),
  ).toEqual(commands.map(({ label }) => label).sort());
  expect(
    recording
      .ofType(":CopyToRemote")
      .map(({ label }) => label)
      .sort(),
  ).toEqual(copies.map(({ label }) => label).sort());
});

describe.each(all)("$label", ({ host, label }) => {
  it("connects as an unprivileged user to a host that proves its key, and hides the connection as a whole", () => {
    const { connection } = recording.get(label).inputs;
    expect(isSecret(connection)).toBe(true);
    expect(reveal(connection)).toEqual({
      host: hosts[host as keyof typeof hosts],
      port: 22,
      user: "admin",
      privateKey: expect.stringContaining("local-login-key"),
      hostKey: publicKeyOf(`${host}-host-key`),
      dialErrorLimit: 60,
      perDialTimeout: 10,
    });
  });

  it("is done again on another machine, and forgotten with its own", () => {
    const { inputs, options } = recording.get(label);
    expect(inputs.triggers).toEqual([incarnationOf(host)]);
    expect(options.deletedWith).toBe(`LocalMachine ${host}`);
  });

  it("has a limit in time", () => {
    expect(recording.get(label).options.customTimeouts).toEqual({ create: "10m", update: "10m", delete: "" });
  });
});

describe.each(commands)("the command $label", ({ label }) => {
  it("runs nothing when it is deleted, and the same when it is updated", () => {
    const { inputs } = recording.get(label);
    expect(inputs.create).toMatch(/^set -eu\n/);
    expect(inputs).not.toHaveProperty("delete");
    expect(inputs).not.toHaveProperty("update");
  });

  it("sets no variables, which sshd would refuse", () => {
    const { inputs } = recording.get(label);
    expect(inputs).not.toHaveProperty("environment");
    expect(inputs.addPreviousOutputInEnv).toBe(false);
  });

  it("keeps what it prints secret, and shows progress alone", () => {
    const { inputs, options } = recording.get(label);
    expect(options.additionalSecretOutputs).toEqual(expect.arrayContaining(["stdout", "stderr"]));
    expect(inputs.logging).toBe("stderr");
  });
});

describe("the commands of this computer, which make bridge and machines", () => {
  const local = ["local-network-bridge", ...Object.keys(hosts).map((host) => `${host}-machine`)];

  it("are one for the bridge and one for each machine", () => {
    expect(
      recording
        .ofType(":local:Command")
        .map(({ label }) => label)
        .sort(),
    ).toEqual(local.sort());
  });

  it.each(local)("%s takes a secret description on standard input, and hides what it prints", (label) => {
    const { inputs, options } = recording.get(label);
    expect(Object.keys(inputs).sort()).toEqual([
      "addPreviousOutputInEnv",
      "create",
      "delete",
      "dir",
      "logging",
      "stdin",
    ]);
    expect(isSecret(inputs.stdin)).toBe(true);
    expect(inputs.addPreviousOutputInEnv).toBe(false);
    expect(inputs.logging).toBe("stderr");
    expect(options.additionalSecretOutputs).toEqual(["stdout", "stderr"]);
    expect(options.customTimeouts).not.toMatchObject({ create: "" });
    expect(options.customTimeouts).not.toMatchObject({ delete: "" });
  });

  it("describe to a machine the very incarnation that the plan knows, so that a dead one shows up", () => {
    for (const host of Object.keys(hosts)) {
      expect(JSON.parse(reveal(recording.get(`${host}-machine`).inputs.stdin) as string)).toMatchObject({
        name: host,
        incarnation: incarnationOf(host),
      });
    }
  });
});
