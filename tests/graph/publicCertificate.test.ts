import * as pulumi from "@pulumi/pulumi";
import { Program } from "../support/programMocks";
import { awsFile } from "../support/awsFile";
import { Issuer } from "../support/issuer";
import { findPrivate } from "../support/leaks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, reveal } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;
let issuer: Issuer;

const aws = (names: object) => ({ certificate: names as Record<string, unknown> });
const secrets = (key = issuer.read("leaf.key")) => ({ "portico:certificateKey": key });

beforeAll(() => {
  program = new Program(makeFolder());
  issuer = new Issuer(makeFolder());
  issuer.issue("authority", { authority: true });
  issuer.issue("leaf", { by: "authority", names: ["staging.example.com", "portico.internal"] });
  issuer.issue("renewed", { by: "authority", names: ["staging.example.com"] });
});

/** The site group of a stack that brings its certificate. */
function given(leaf = "leaf", domains = ["staging.example.com"]) {
  return {
    site: {
      domains,
      certificate: { leafFile: `${issuer.folder}/${leaf}.crt`, chainFile: `${issuer.folder}/authority.crt` },
    },
  };
}

const ofCertificate = (recording: Recording) => recording.labels.filter((label) => label.startsWith("certificate-"));

describe("a certificate from ACM", () => {
  const run = (names: object, domains?: string[]) =>
    program.run({ file: awsFile("prod", aws(names), domains && { site: { domains } }), stack: "prod" });

  it("is for all names, the first one its subject, and proven by DNS", async () => {
    const recording = await run({ wildcard: true, alternativeNames: ["shop.example.com"] });
    expect(recording.get("certificate-issued").inputs).toMatchObject({
      domainName: "www.example.com",
      subjectAlternativeNames: ["example.com", "shop.example.com", "*.www.example.com"],
      validationMethod: "DNS",
      keyAlgorithm: "EC_prime256v1",
    });
  });

  it("is proven by one record for each name; a wildcard and the name below it share theirs", async () => {
    const recording = await run({ wildcard: true, alternativeNames: ["shop.example.com"] });
    const proofs = recording.ofType(":Record").filter(({ label }) => label.startsWith("certificate-proof-"));
    expect(proofs.map(({ inputs: { name, type, records, zoneId } }) => ({ name, type, records, zoneId }))).toEqual(
      ["www.example.com", "example.com", "shop.example.com"].map((name) => ({
        name: `_proof.${name}`,
        type: "CNAME",
        records: ["proof.acm.aws"],
        zoneId: "Z0123456789ABCDEFGHIJ",
      })),
    );
    expect(recording.get("certificate-validation").inputs.validationRecordFqdns).toEqual(
      proofs.map(({ inputs }) => inputs.name),
    );
    expect(proofs.filter(({ inputs }) => inputs.allowOverwrite === true)).toEqual([]);
  });

  it("keeps the records of the names that stay, whatever their order", async () => {
    const [before, after] = [
      await run({}, ["www.example.com", "example.com"]),
      await run({}, ["new.example.com", "example.com", "www.example.com"]),
    ];
    expect(
      before
        .changesTo(after)
        .filter(
          (label) =>
            label.startsWith("certificate-proof-") ||
            label.startsWith("balancer-record-") ||
            label.startsWith("balancer-name-"),
        ),
    ).toEqual([]);
    expect(after.labels.filter((label) => !before.labels.includes(label))).toEqual(
      expect.arrayContaining([
        "balancer-name-new.example.com",
        "balancer-record-new.example.com",
        "certificate-proof-new.example.com",
      ]),
    );
  });

  it("is used once it is issued: the listener moves to a new one before the old one goes", async () => {
    const recording = await run({});
    expect(recording.get("balancer-https").options.dependsOn).toContain("certificate-validation");
    expect(recording.get("certificate-validation").options).toMatchObject({ customTimeouts: { create: "30m" } });
    for (const label of ofCertificate(recording))
      expect(recording.get(label).options).toMatchObject({ protect: false, ignoreChanges: [], aliases: [] });
  });

  it("is asked for with the same resources in a preview, where no record is known", async () => {
    const file = awsFile("prod", aws({ wildcard: true }));
    const preview = await program.run({ file, stack: "prod", preview: true });
    expect(ofCertificate(preview)).toEqual(ofCertificate(await program.run({ file, stack: "prod" })));
  });

  it.each<[string, object, string]>([
    [
      "does not hold all names",
      { getZone: () => ({ name: "other.com.", privateZone: false }) },
      "it is that of other.com, without www.example.com, example.com, shop.example.org; set the zone",
    ],
    [
      "holds names that only end alike",
      { getZone: () => ({ name: "ample.com", privateZone: false }) },
      "without www.example.com, example.com, shop.example.org",
    ],
    [
      "is private",
      { getZone: () => ({ name: "com", privateZone: true }) },
      "allowed: a public hosted zone; this one is private",
    ],
    [
      "is not there",
      {
        getZone: () => {
          throw Object.assign(new Error("x"), {
            details: "reading Route 53 Hosted Zone: NoSuchHostedZone: No hosted zone found",
          });
        },
      },
      "allowed: a hosted zone of this account; mend the id",
    ],
  ])("is refused before anything is declared when the zone %s", async (_, answers, message) => {
    const { error, labels } = await program.attempt({
      file: awsFile("prod", aws({ alternativeNames: ["shop.example.org"] })),
      stack: "prod",
      aws: answers,
    });
    expect(String((error as Error).message)).toContain('portico:aws.certificate.zoneId: got "Z0123456789ABCDEFGHIJ"');
    expect((error as Error).message).toContain(message);
    expect(labels).toEqual(["aws-provider", "self"]);
  });
});

describe("a given certificate", () => {
  const run = (leaf?: string, key?: string) =>
    program.run({ file: awsFile("staging", {}, given(leaf)), secrets: secrets(key), stack: "staging" });

  it("is imported into ACM with leaf, chain and key apart, and no certificate is asked for", async () => {
    const recording = await run();
    const { inputs } = recording.get("certificate-given");
    expect(inputs).toMatchObject({
      certificateBody: issuer.read("leaf.crt"),
      certificateChain: issuer.read("authority.crt"),
    });
    expect(isSecret(inputs.privateKey)).toBe(true);
    expect(reveal(inputs.privateKey)).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(ofCertificate(recording)).toEqual(["certificate-given"]);
    expect(recording.get("balancer-https").options.dependsOn).toContain("certificate-given");
  });

  it("gives way to new material under the same resource, so that the listener stays", async () => {
    const [before, after] = [await run(), await run("renewed", issuer.read("renewed.key"))];
    expect(before.changesTo(after).filter((label) => !/^Stack|history|stage|activate|confirm/.test(label))).toEqual([
      "certificate-given",
    ]);
  });

  it("needs no zone on target aws", async () => {
    const file = awsFile("staging", {}, given());
    delete (file["portico:aws"] as { certificate?: unknown }).certificate;
    const recording = await program.run({ file, secrets: secrets(), stack: "staging" });
    expect(recording.labels.filter((label) => label.includes("record") || label.includes("proof"))).toEqual([]);
  });

  it("with the key of another is refused without showing it", async () => {
    const { error } = await program.attempt({
      file: awsFile("staging", {}, given()),
      secrets: secrets(issuer.read("renewed.key")),
      stack: "staging",
    });
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect((error as Error).message).toContain(
      'portico:certificateKey: got "the key of another certificate (not shown)"',
    );
    expect((error as Error).message).not.toContain(issuer.read("renewed.key").split("\n")[1]);
  });

  it("that is for other names is refused before anything is declared", async () => {
    const { error, labels } = await program.attempt({
      file: awsFile("staging", {}, given("leaf", ["other.example.com"])),
      secrets: secrets(),
      stack: "staging",
    });
    expect((error as Error).message).toContain("portico:site.givenCertificate.leafFile");
    expect(labels).toEqual([]);
  });
});

describe("a given certificate on machines of ours", () => {
  const dev = (site?: object, key?: string) =>
    program.run({
      file: { ...readStackFile("dev"), ...(site && { "portico:site": site }) },
      secrets: site && secrets(key),
    });
  const tlsFiles = (recording: Recording, host: string) => {
    const { secretFiles } = JSON.parse(recording.stdinOf(`${host}-stage`)) as {
      secretFiles: { path: string; content: string }[];
    };
    return Object.fromEntries(secretFiles.map(({ path, content }) => [path.split("/").at(-1), content]));
  };

  it("is what the balancer answers with, its chain behind it, and its hosts are still verified by the authority", async () => {
    const recording = await dev(given("leaf", ["portico.internal"]).site);
    const balancer = tlsFiles(recording, "balancer");
    expect(balancer["site.crt"]).toBe(issuer.read("leaf.crt") + issuer.read("authority.crt"));
    expect(balancer["site.key"]).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(balancer["ca.crt"]).toContain("certificate authority-certificate");
    expect(tlsFiles(recording, "web-1")["server.crt"]).toBe("certificate web-1-certificate");
    expect(recording.labels.filter((label) => /^balancer-(key|request|certificate)/.test(label))).toEqual([]);
  });

  it("keeps its key in secrets alone", async () => {
    const recording = await dev(given("leaf", ["portico.internal"]).site);
    const line = issuer.read("leaf.key").split("\n")[1]!;
    const { plain, secret } = findPrivate(recording, [line]);
    expect(plain).toEqual([]);
    expect(secret).toEqual(["balancer-stage: stdin"]);
  });
});
