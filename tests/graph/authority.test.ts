import * as pulumi from "@pulumi/pulumi";
import { Program, type ProgramRun } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
const hosts = ["web-1", "web-2", "balancer"];
/** Who has a certificate of the authority: each host, and the balancer as hosts know it. */
const leaves = [...hosts, "balancer-client"];
const day = 24;
let program: Program;
let first: Recording;

beforeAll(async () => {
  program = new Program(makeFolder());
  first = await program.run({ file: readStackFile("dev") });
});

const fileAt = (generation: number, others = {}) => ({
  ...readStackFile("dev"),
  "portico:authority": { generation, ...others },
});
const at = (generation: number, others = {}, more: Partial<ProgramRun> = {}) =>
  program.run({ file: fileAt(generation, others), history: first.outputsOf("Stack").history, ...more });
const believedBy = (recording: Recording, host: string) => {
  const { secretFiles } = JSON.parse(recording.stdinOf(`${host}-stage`)) as {
    secretFiles: { path: string; content: string }[];
  };
  return secretFiles
    .find(({ path }) => path === "/etc/portico/tls/ca.crt")!
    .content.trim()
    .split("\n");
};
const signerOf = (recording: Recording, leaf: string) => recording.get(`${leaf}-certificate`).inputs.caCertPem;

describe("the authority's generations", () => {
  it("are the one that signs and its neighbours, each with a key and a name of its own", async () => {
    const authorities = (await at(3)).ofType(":SelfSignedCert");
    expect(
      authorities.map(({ label, inputs }) => [label, (inputs.subject as { commonName: string }).commonName]),
    ).toEqual([
      ["authority-certificate-2", "Portico dev, generation 2"],
      ["authority-certificate-3", "Portico dev, generation 3"],
      ["authority-certificate-4", "Portico dev, generation 4"],
    ]);
    const keys = authorities.map(({ options }) => options.dependsOn);
    expect(keys).toEqual([["authority-key-2"], ["authority-key-3"], ["authority-key-4"]]);
  });

  it("are all believed by every host and by who reads the stack's output; one of them signs", async () => {
    const third = await at(3);
    const names = [2, 3, 4].map((generation) => `certificate authority-certificate-${generation}`);
    for (const host of hosts) expect(believedBy(third, host)).toEqual(names);
    for (const leaf of leaves) expect(signerOf(third, leaf)).toBe(names[1]);
    expect(third.outputsOf("Stack")).toMatchObject({
      caCertificate: names.map((name) => `${name}\n`).join(""),
      authorityGeneration: 3,
    });
  });

  it("sign servers and the balancer as a client, each for one use, and none that could sign", () => {
    const authorities = first.ofType(":SelfSignedCert").map(({ inputs }) => inputs);
    expect(authorities).toHaveLength(2);
    for (const inputs of authorities)
      expect(inputs).toMatchObject({
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
      });
    const signed = first.ofType(":LocallySignedCert");
    expect(signed.map(({ label }) => label).sort()).toEqual(leaves.map((leaf) => `${leaf}-certificate`).sort());
    for (const { label, inputs } of signed) {
      const use = label === "balancer-client-certificate" ? "client_auth" : "server_auth";
      expect(inputs.allowedUses).toEqual(["digital_signature", use]);
      expect(inputs.isCaCertificate ?? false).toBe(false);
    }
  });

  it("outlive whatever they sign: an authority is renewed while it has more left than any certificate of a host lives", () => {
    for (const { inputs } of first.ofType(":SelfSignedCert")) {
      expect(inputs.earlyRenewalHours as number).toBeGreaterThan(2 * 398 * day);
      expect(inputs.validityPeriodHours as number).toBeGreaterThan(inputs.earlyRenewalHours as number);
    }
  });

  it("begin with two, the second one being believed before it ever signs", () => {
    for (const host of hosts)
      expect(believedBy(first, host)).toEqual([
        "certificate authority-certificate",
        "certificate authority-certificate-2",
      ]);
    expect(first.outputsOf("Stack").authorityGeneration).toBe(1);
  });
});

describe.each([
  [1, 2],
  [2, 3],
  [5, 6],
  [6, 5],
])("the step from generation %d to %d", (previous, current) => {
  let before: Recording;
  let after: Recording;

  beforeAll(async () => {
    before = await at(previous);
    after = await at(current, {}, { previousGeneration: previous });
  });

  it("is safe for hosts and balancer in any order, forth and back: either signer is believed on both sides", () => {
    for (const leaf of leaves) {
      const signers = [signerOf(before, leaf), signerOf(after, leaf)];
      expect(signers[0]).not.toBe(signers[1]);
      for (const recording of [before, after])
        for (const host of hosts) expect(believedBy(recording, host)).toEqual(expect.arrayContaining(signers));
    }
  });

  it("makes new keys for all hosts, and keeps those of the authorities that stay", () => {
    const made = after.labels.filter((label) => !before.labels.includes(label));
    const gone = before.labels.filter((label) => !after.labels.includes(label));
    const keys = (generation: number) =>
      leaves.map((leaf) => (generation === 1 ? `${leaf}-key` : `${leaf}-key-${generation}`));
    expect(made).toEqual(expect.arrayContaining(keys(current)));
    expect(gone).toEqual(expect.arrayContaining(keys(previous)));
    expect(before.changesTo(after).filter((label) => label.startsWith("authority-"))).toEqual([]);
  });

  it("is made in place: no machine, release or login changes", () => {
    const changed = before.changesTo(after);
    expect(changed).toEqual(
      expect.arrayContaining(hosts.flatMap((host) => [`${host}-request`, `${host}-certificate`, `${host}-stage`])),
    );
    expect(
      changed.filter((label) => /machine|ready|bundle|release|login|host-key|app-secrets|HostFiles/.test(label)),
    ).toEqual([]);
  });
});

it("a step over a generation is refused before anything is declared, with the way to go", async () => {
  const { error, labels } = await program.attempt({ file: fileAt(4), previousGeneration: 2 });
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect((error as Error).message).toContain(
    "portico:authority.generation: got 4; allowed: 1, 2, 3: the hosts are at 2",
  );
  expect(labels).toEqual(["self"]);
});

describe("the life of certificates", () => {
  it("is that of the settings; those of hosts are made anew by the next update when it ends soon", async () => {
    const recording = await at(1, { leafDays: 90, renewDays: 30 });
    for (const host of hosts)
      expect(recording.get(`${host}-certificate`).inputs).toMatchObject({
        validityPeriodHours: 90 * day,
        earlyRenewalHours: 30 * day,
      });
    for (const host of hosts)
      expect(first.get(`${host}-certificate`).inputs).toMatchObject({
        validityPeriodHours: 366 * day,
        earlyRenewalHours: 45 * day,
      });
  });

  it("of an authority is renewed with the same key while all that it signed is still valid", () => {
    for (const { inputs } of first.ofType(":SelfSignedCert")) {
      expect(inputs.validityPeriodHours).toBe(3650 * day);
      expect(inputs.earlyRenewalHours).toBeGreaterThan(2 * 366 * day);
    }
  });

  it("changes certificates alone, no key", async () => {
    const changed = first.changesTo(await at(1, { leafDays: 90, renewDays: 30 }));
    expect(changed).toEqual(expect.arrayContaining(hosts.map((host) => `${host}-certificate`)));
    expect(changed.filter((label) => /-key|request|authority-certificate|machine/.test(label))).toEqual([]);
  });

  it("that would be made anew by every update is refused", async () => {
    const { error } = await program.attempt({ file: fileAt(1, { leafDays: 30, renewDays: 30 }) });
    expect((error as Error).message).toContain(
      "portico:authority.renewDays: got 30; allowed: less than authority.leafDays (30), or every update makes new certificates; lower authority.renewDays",
    );
  });
});

it("nothing changes in a second run, also at a later generation", async () => {
  const fifth = await at(5);
  const again = await at(5, {}, { previousGeneration: 5, history: fifth.outputsOf("Stack").history });
  expect(fifth.changesTo(again)).toEqual([]);
  expect(again.labels).toEqual(fifth.labels);
});
