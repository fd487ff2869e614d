import { Program } from "../support/programMocks";
import * as pulumi from "@pulumi/pulumi";
import { GeneratedSecrets } from "../../components/certificates/generatedSecrets";
import { findPrivate, findPrivateInputs } from "../support/leaks";
import { privateMark } from "../support/providerMocks";
import type { Recording } from "../support/recording";
import { readStackFile, type StackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { reveal, type Wire } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;
let recording: Recording;

const planted = "planted-5d1c0f";
const hosts = ["web-1", "web-2", "balancer"];
const gates = ["balancer-gate-web-1", "balancer-gate-web-2"];
const file = withSecrets(["paymentKey"]);
const plantedLogin = "planted-login-77ab";
const secrets = {
  "portico:paymentKey": planted,
  "portico:packageIndexNetrc": `machine packages.example.com login deployer password ${plantedLogin}`,
};

beforeAll(async () => {
  program = new Program(makeFolder());
  recording = await program.run({ file, secrets });
});

describe("private values", () => {
  it("are secret in every input of every resource, in every output and in all that is printed", () => {
    const found = findPrivate(recording, [privateMark, planted, ...generatedSecrets()]);
    expect(found.plain).toEqual([]);
    expect(found.secret.length).toBeGreaterThanOrEqual(30);
  });

  it("are found by this search where an engine took what commands print for plain text", async () => {
    const careless = await program.run({ file, secrets, forgetsSecrets: true });
    const readers = [
      ...gates,
      "balancer-trust",
      "balancer-visit",
      "web-1-migrate",
      ...hosts.flatMap((host) => [`${host}-activate`, `${host}-confirm`]),
    ];
    expect(findPrivate(careless, [privateMark]).plain.sort()).toEqual(readers.map((label) => `${label}: stdin`).sort());
  });

  it("are found by this search in an input that lost its wrapper", () => {
    const unwrapped = recording.resources.map((resource) => ({
      ...resource,
      inputs: reveal(resource.inputs) as Record<string, Wire>,
    }));
    expect(findPrivateInputs(unwrapped, [planted]).plain).toEqual(
      expect.arrayContaining(["web-1-stage: stdin", "web-2-stage: stdin"]),
    );
    expect(findPrivateInputs(unwrapped, [privateMark]).plain).toContain("web-1-ready: connection.privateKey");
  });

  it("stay secret in a preview of a stack that does not exist yet", async () => {
    const preview = await program.run({ file, secrets, preview: true });
    expect(preview.labels).toEqual(recording.labels);
    expect(findPrivate(preview, [planted, privateMark]).plain).toEqual([]);
  });
});

describe("who gets a private value", () => {
  const holders = (value: string) =>
    findPrivate(recording, [value])
      .secret.map((place) => place.split(":")[0])
      .sort();

  it("the login key is for the connections alone", () => {
    const places = findPrivate(recording, [`${privateMark} OpenSSH of local-login-key`]).secret;
    expect(places).toHaveLength(27);
    expect(places.filter((place) => !place.endsWith(": connection.privateKey"))).toEqual([]);
  });

  it.each(hosts)("the host key of %s is for its own machine", (host) => {
    expect(holders(`OpenSSH of ${host}-host-key`)).toEqual([`${host}-machine`]);
  });

  it.each(hosts)("the TLS key of %s is for its own request and its own host", (host) => {
    expect(holders(`PEM of ${host}-key`)).toEqual([`${host}-request`, `${host}-stage`]);
  });

  it("so is that of the balancer's certificate for hosts", () => {
    expect(holders("PEM of balancer-client-key")).toEqual(["balancer-client-request", "balancer-stage"]);
  });

  it("the authority's key signs, that of the next generation nothing but itself, and neither goes to a host", () => {
    const own = ["authority-certificate", "authority-certificate-2"];
    const signed = [...hosts, "balancer-client"].map((each) => `${each}-certificate`);
    expect(holders("PEM of authority-key")).toEqual([...own, ...signed].sort());
    expect(holders("PEM of authority-key-2")).toEqual(["authority-certificate-2"]);
  });

  it("secrets of the application are for the application hosts, on standard input", () => {
    for (const value of [planted, ...generatedSecrets()])
      expect(holders(value)).toEqual(["web-1-stage", "web-2-stage"]);
    expect(stageInput("web-1").secrets).toEqual({ appSecretKey: generatedSecrets()[0], paymentKey: planted });
    expect(stageInput("balancer").secrets).toEqual({});
  });

  it("logins of package indexes are for pip on this computer, and for no resource", () => {
    expect(findPrivate(recording, [plantedLogin])).toEqual({ plain: [], secret: [] });
  });

  it("what a command prints is for the commands that go on from there", () => {
    expect(holders("stdout of web-1-stage")).toEqual(["web-1-activate", "web-1-confirm", "web-1-migrate"]);
    expect(holders("stdout of web-2-stage")).toEqual(["web-2-activate", "web-2-confirm"]);
    expect(holders("stdout of balancer-stage")).toEqual([
      "balancer-activate",
      "balancer-confirm",
      ...gates,
      "balancer-trust",
      "balancer-visit",
    ]);
    expect(holders("stdout of web-1-activate")).toEqual([gates[0], "balancer-visit", "web-1-confirm"]);
    expect(holders("stdout of balancer-activate")).toEqual(["balancer-confirm", "balancer-visit"]);
    for (const label of ["web-1-ready", "web-1-machine", "web-1-migrate", ...gates, "web-1-confirm"])
      expect(holders(`stdout of ${label}`)).toEqual([]);
    expect(holders("stderr of ")).toEqual([]);
  });

  it("the server's key is a file that others on the host cannot read", () => {
    for (const host of hosts) {
      const keys = stageInput(host).secretFiles.filter(({ content }) => content.includes(privateMark));
      const [path, ...more] = host === "balancer" ? ["site.key", "client.pem"] : ["server.key"];
      expect(keys).toMatchObject([
        { path: `/etc/portico/tls/${path}`, mode: "0640", owner: "root", group: "www-data" },
        ...more.map((name) => ({ path: `/etc/portico/tls/${name}`, mode: "0400", owner: "www-data", group: "root" })),
      ]);
    }
  });
});

describe("generated secrets", () => {
  it("are 256 bits, one for each name, and no digits of the key that they come from", async () => {
    const two = await program.run({ file: withSecrets([], ["appSecretKey", "sessionKey"]) });
    const values = Object.values(stageInput("web-1", two).secrets);
    expect(values).toHaveLength(2);
    expect(new Set(values).size).toBe(2);
    for (const value of values) expect(value).toMatch(/^[0-9a-f]{64}$/);
    expect(findPrivate(two, values).plain).toEqual([]);
  });

  it("are secret where they are made, whatever becomes of them", async () => {
    const { values } = new GeneratedSecrets("other", { names: ["sessionKey"] });
    expect(Object.keys(values)).toEqual(["sessionKey"]);
    await expect(pulumi.isSecret(values.sessionKey!)).resolves.toBe(true);
  });

  it("are not asked for in the stack file", () => {
    expect(Object.keys(file)).not.toContain("portico:appSecretKey");
  });
});

function generatedSecrets(): string[] {
  const value = stageInput("web-1").secrets.appSecretKey;
  if (value === undefined) throw new Error("no generated secret reached the host");
  return [value];
}

interface StageInput {
  secrets: Record<string, string>;
  secretFiles: { path: string; mode: string; content: string }[];
}

function stageInput(host: string, from: Recording = recording): StageInput {
  return JSON.parse(from.stdinOf(`${host}-stage`)) as StageInput;
}

function withSecrets(names: string[], generated: string[] = ["appSecretKey"]): StackFile {
  const dev = readStackFile("dev");
  const migration = { command: ["flask", "db", "upgrade"] };
  return {
    ...dev,
    "portico:app": { ...(dev["portico:app"] as object), secrets: names, generatedSecrets: generated, migration },
  };
}
