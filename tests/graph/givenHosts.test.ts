import type { CheckedHost } from "../../lib/targets/hosts/doctor";
import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { stackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, reveal, textsOf } from "../support/wireValues";

const makeFolder = temporaryFolders();
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEu1hN7Qb3nZ1mJ1f5Jz2p0cEo4m3tq1h1b2c3d4e5f6";
const north = { name: "north", address: "10.0.0.11", roles: ["web"], user: "admin", hostKey, platform: "debian-12" };
const south = {
  name: "south",
  address: "10.0.0.12",
  roles: ["balancer", "web"],
  user: "ubuntu",
  sshPort: 2222,
  hostKey,
  platform: "debian-13",
};
const edge = { ...south, name: "edge", roles: ["balancer"] };
const secrets = { "portico:loginKey": "-----BEGIN OPENSSH PRIVATE KEY----- of the login user" };

let program: Program;
let both: Recording;
let apart: Recording;
let alone: Recording;

const fileOf = (machines: unknown[]) =>
  stackFile({
    target: "hosts",
    app: { folder: "app", module: "portico_sample:app", generatedSecrets: ["appSecretKey"] },
    site: { domains: ["shop.example.org"] },
    hosts: { machines },
  });
const runWith = (machines: unknown[]) => program.run({ file: fileOf(machines), secrets, stack: "given" });

beforeAll(async () => {
  program = new Program(makeFolder());
  both = await runWith([south, north]);
  apart = await runWith([north, edge]);
  alone = await runWith([south]);
});

const commandsOf = (recording: Recording) =>
  recording
    .ofType(":remote:Command")
    .map(({ label }) => label)
    .sort();

describe("given hosts", () => {
  it("are examined before anything is copied or run on any of them", () => {
    const first = both.resources.filter(({ type }) => /:remote:|:CopyToRemote/.test(type)).map(({ label }) => label);
    expect(first.length).toBeGreaterThan(10);
    for (const label of first) expect(both.waitsFor(label)).toContain("doctor");
    expect(both.get("doctor").options.dependsOn).toEqual([]);
  });

  it("are examined for what the settings say of them, with the login key as a secret", () => {
    expect(isSecret(both.get("doctor").inputs.stdin)).toBe(true);
    const checkedHosts = JSON.parse(both.stdinOf("doctor")) as CheckedHost[];
    expect(
      checkedHosts.map(({ name, platform, python, ports, packages }) => ({ name, platform, python, ports, packages })),
    ).toEqual([
      {
        name: "south",
        platform: "debian-13",
        python: "3.13",
        ports: [8443, 80, 443],
        packages: ["logrotate", "nginx", "python3-venv"],
      },
      {
        name: "north",
        platform: "debian-12",
        python: "3.11",
        ports: [8443],
        packages: ["logrotate", "nginx", "python3-venv"],
      },
    ]);
    expect(checkedHosts[0]!.connection).toEqual({
      host: "10.0.0.12",
      port: 2222,
      user: "ubuntu",
      privateKey: secrets["portico:loginKey"],
      hostKey,
    });
  });

  it("have no firewall of Portico's unless the settings say so, and are examined for that of others", async () => {
    const told = (recording: Recording) =>
      (JSON.parse(recording.stdinOf("doctor")) as CheckedHost[]).map(({ ownFirewall, admissions, packages }) => ({
        ownFirewall,
        admissions,
        nftables: packages.includes("nftables"),
      }));
    const filesOf = (recording: Recording) =>
      recording.labels
        .filter((label) => label.startsWith("HostFiles "))
        .flatMap((label) => Object.entries(recording.get(label).inputs.files as Record<string, string>))
        .filter(([path]) => path.startsWith("/etc/portico/firewall"));
    const site = { ports: [80, 443], from: null };
    const [ofSouth, ofNorth] = [[site, { ports: [8443], from: [] }], [{ ports: [8443], from: [south.address] }]];
    expect(told(both)).toEqual([
      { ownFirewall: false, admissions: ofSouth, nftables: false },
      { ownFirewall: false, admissions: ofNorth, nftables: false },
    ]);
    expect(filesOf(both)).toEqual([]);
    const file = { ...fileOf([south, north]), "portico:firewall": { rules: "ours" } };
    const walled = await program.run({ file, secrets, stack: "given" });
    expect(told(walled)).toEqual([
      { ownFirewall: true, admissions: ofSouth, nftables: true },
      { ownFirewall: true, admissions: ofNorth, nftables: true },
    ]);
    const rules = filesOf(walled)
      .map(([, content]) => content)
      .join("\n");
    expect(rules).toContain("tcp dport { 22, 2222 } accept");
    expect(rules).toContain("ip saddr { 10.0.0.12 } tcp dport 8443 accept");
    expect(rules).toContain("ip daddr { 10.0.0.12, 10.0.0.11 } tcp dport { 22, 2222, 8443 } reject");
  });

  it("are examined again when what is said of them changes, and not otherwise", async () => {
    expect(both.changesTo(await runWith([south, north]))).toEqual([]);
    expect(both.changesTo(await runWith([south, { ...north, user: "debian" }]))).toContain("doctor");
  });

  it("are reached with their own key, user and port, and their pinned host key", () => {
    const connection = reveal(both.get("south-ready").inputs.connection) as Record<string, unknown>;
    expect(connection).toMatchObject({ host: "10.0.0.12", port: 2222, user: "ubuntu", hostKey });
    expect(both.ofType(":CopyToRemote").map(({ inputs }) => isSecret(inputs.connection))).not.toContain(false);
  });

  it("show the login key in no plain input", () => {
    for (const { inputs } of both.resources)
      expect(textsOf(inputs).filter(({ secret, text }) => !secret && text.includes("OPENSSH PRIVATE KEY"))).toEqual([]);
  });

  it("are configured anew when they show another host key, and only they", async () => {
    const after = await runWith([south, { ...north, hostKey: hostKey.replace("Eu1", "Eu2") }]);
    const triggers = (recording: Recording, label: string) => recording.get(label).inputs.triggers;
    expect(triggers(after, "north-stage")).not.toEqual(triggers(both, "north-stage"));
    expect(triggers(after, "south-stage")).toEqual(triggers(both, "south-stage"));
  });

  it("are run nothing on when the stack goes", () => {
    for (const { inputs } of [...both.ofType(":remote:Command"), both.get("doctor")])
      expect(inputs).not.toHaveProperty("delete");
  });

  it("are named by their component, in the order of the settings", () => {
    expect(both.get("GivenHosts hosts").inputs).toEqual({ hosts: ["south", "north"] });
  });
});

describe("a host that is the balancer too", () => {
  it("switches last, checks the others before and itself afterwards", () => {
    expect(both.get("Rollout rollout").inputs).toMatchObject({ batches: [["north"], ["south"]] });
    expect(both.waitsFor("south-activate")).toContain("south-gate-north");
    expect(both.waitsFor("south-gate-south")).toContain("south-activate");
    expect(both.waitsFor("south-gate-north")).not.toContain("south-activate");
  });

  it("is one host with one login, one bundle and one release", () => {
    expect(commandsOf(alone)).toEqual(
      ["activate", "confirm", "gate-south", "packages", "ready", "stage", "trust", "visit"].map(
        (role) => `south-${role}`,
      ),
    );
    expect(
      alone
        .ofType(":CopyToRemote")
        .map(({ label }) => label)
        .sort(),
    ).toEqual(["south-bundle", "south-release", "south-wheels"]);
    expect(alone.labels.filter((label) => label.startsWith("EdgeBalancer"))).toEqual([]);
  });

  it("has the certificate of an application host and that of the site, each with a key of its own", () => {
    const { secretFiles } = JSON.parse(both.stdinOf("south-stage")) as { secretFiles: { path: string }[] };
    expect(secretFiles.map(({ path }) => path)).toEqual(
      ["server.crt", "server.key", "site.crt", "site.key", "client.pem", "ca.crt"].map(
        (name) => `/etc/portico/tls/${name}`,
      ),
    );
    expect(both.get("south-request").inputs).toMatchObject({
      dnsNames: ["web.portico.internal", expect.stringMatching(/^[^.]+\.web\.portico\.internal$/)],
      ipAddresses: ["10.0.0.12"],
    });
    expect(both.get("south-site-request").inputs).toMatchObject({
      dnsNames: ["shop.example.org"],
      ipAddresses: ["10.0.0.12"],
    });
    const north = JSON.parse(both.stdinOf("north-stage")) as { secretFiles: { path: string }[] };
    expect(north.secretFiles.map(({ path }) => path)).not.toContain("/etc/portico/tls/site.crt");
  });

  it("shows the files of both roles, the upstream with itself in it", () => {
    const files = both.get("HostFiles web-balancer-files").inputs.files as Record<string, string>;
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(["/etc/portico/nginx/sites/web.conf", "/etc/portico/nginx/sites/edge.conf"]),
    );
    expect(files["/etc/portico/watch.json"]).toMatch(/"10\.0\.0\.12:8443 .*\n\s*.*"10\.0\.0\.11:8443 /);
    expect(files["/etc/portico/nginx/trust.conf"]).toContain("10.0.0.12 1;");
  });

  it("has one address for clients, and its roles in the outputs", () => {
    const { hosts, url } = both.outputsOf("Stack");
    expect(hosts).toEqual([
      { name: "north", role: "web", address: "10.0.0.11" },
      { name: "south", role: "web, balancer", address: "10.0.0.12" },
    ]);
    expect(reveal(url)).toBe("https://10.0.0.12");
  });
});

describe("a balancer apart from the application", () => {
  it("switches after the application hosts and has nothing of the application", () => {
    expect(apart.waitsFor("edge-activate")).toContain("edge-gate-north");
    expect(apart.labels).not.toContain("edge-release");
    expect(apart.get("EdgeBalancer edge").inputs.domains).toEqual(["shop.example.org"]);
    expect(apart.get("Rollout rollout").inputs).toMatchObject({ batches: [["north"]] });
  });
});

describe("settings of given hosts", () => {
  it("are refused at plan time, before anything is declared", async () => {
    const { error, resources } = await program.attempt({ file: fileOf([north]), secrets, stack: "given" });
    expect(String((error as Error).message)).toContain(
      "portico:hosts.machines: got []; allowed: exactly one host with the role balancer",
    );
    expect(resources).toEqual([]);
  });

  it("call for the login key", async () => {
    const { error } = await program.attempt({ file: fileOf([south]), stack: "given" });
    expect(String((error as Error).message)).toContain(
      "portico:loginKey: got nothing; allowed: a secret; run: pulumi config set --secret loginKey",
    );
  });
});
