import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, reveal } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;
let recording: Recording;

const hosts = ["web-1", "web-2", "balancer"];
const dayHours = 24;

/** The spellings that the provider signs; it passes over any other without a word. */
const signedUses = ["cert_signing", "crl_signing", "digital_signature", "server_auth", "client_auth"];

beforeAll(async () => {
  program = new Program(makeFolder());
  recording = await program.run({
    file: { ...readStackFile("dev"), "portico:site": { domains: ["shop.example.org", "www.example.org"] } },
  });
});

describe("keys", () => {
  it("for TLS are on the curve that browsers and balancers accept, those for SSH are ED25519, and there are no others", () => {
    const tls = ["authority-key", "authority-key-2", ...hosts.map((host) => `${host}-key`), "balancer-client-key"];
    const ssh = ["local-login-key", ...hosts.map((host) => `${host}-host-key`), "app-secrets-appSecretKey"];
    for (const label of tls) expect(recording.get(label).inputs).toEqual({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    for (const label of ssh) expect(recording.get(label).inputs).toEqual({ algorithm: "ED25519" });
    expect(
      recording
        .ofType(":PrivateKey")
        .map(({ label }) => label)
        .sort(),
    ).toEqual([...tls, ...ssh].sort());
  });

  it("serve one purpose each: no two requests hold the same key", () => {
    const keys = recording.ofType(":CertRequest").map(({ inputs }) => reveal(inputs.privateKeyPem));
    expect(new Set(keys).size).toBe(hosts.length + 1);
  });
});

describe("the authority", () => {
  it("may sign certificates and lists", () => {
    const { inputs } = recording.get("authority-certificate");
    expect(inputs).toMatchObject({
      isCaCertificate: true,
      setSubjectKeyId: true,
      subject: { commonName: "Portico dev" },
    });
    expect(inputs.allowedUses).toEqual(["cert_signing", "crl_signing"]);
  });

  it("outlives what it signs", () => {
    const authorityHours = recording.get("authority-certificate").inputs.validityPeriodHours;
    for (const { inputs } of recording.ofType(":LocallySignedCert")) {
      expect(inputs.validityPeriodHours).toBeLessThan(authorityHours as number);
      expect(inputs.validityPeriodHours).toBeLessThanOrEqual(366 * dayHours);
      expect(inputs.validityPeriodHours).toBeGreaterThanOrEqual(90 * dayHours);
    }
  });
});

describe.each(hosts)("the certificate of %s", (host) => {
  it("is signed by the authority for the host's own request", () => {
    const { inputs, options } = recording.get(`${host}-certificate`);
    expect(inputs.certRequestPem).toBe(`request ${host}-request`);
    expect(inputs.caCertPem).toBe("certificate authority-certificate");
    expect(isSecret(inputs.caPrivateKeyPem)).toBe(true);
    expect(options.dependsOn).toEqual(
      expect.arrayContaining(["authority-certificate", "authority-key", `${host}-request`]),
    );
  });

  it("is good for a TLS server and for signing nothing", () => {
    const { inputs } = recording.get(`${host}-certificate`);
    expect(inputs.allowedUses).toEqual(["digital_signature", "server_auth"]);
    expect(inputs).not.toMatchObject({ isCaCertificate: true });
  });

  it("gets its names from the request, where the provider looks for them", () => {
    expect(recording.get(`${host}-certificate`).inputs).not.toHaveProperty("dnsNames");
    expect(recording.get(`${host}-request`).inputs).toMatchObject({
      dnsNames: expect.anything(),
      ipAddresses: expect.anything(),
    });
  });
});

it("what the balancer shows application hosts is good for asking them alone; its key is Nginx's and the health check's", () => {
  expect(recording.get("balancer-client-certificate").inputs.allowedUses).toEqual(["digital_signature", "client_auth"]);
  expect(recording.get("balancer-client-request").inputs).toMatchObject({
    dnsNames: ["balancer.portico.internal"],
    ipAddresses: [],
  });
  const files = (host: string) =>
    (JSON.parse(recording.stdinOf(`${host}-stage`)) as { secretFiles: Record<string, string>[] }).secretFiles.filter(
      ({ path }) => path!.includes("client"),
    );
  expect(files("balancer")).toMatchObject([
    { path: "/etc/portico/tls/client.pem", mode: "0400", owner: "www-data", group: "root" },
  ]);
  for (const host of ["web-1", "web-2"]) expect(files(host)).toEqual([]);
});

it("uses are spelled with underscores, as the provider knows them", () => {
  const certificates = [...recording.ofType(":LocallySignedCert"), ...recording.ofType(":SelfSignedCert")];
  const uses = certificates.flatMap(({ inputs }) => inputs.allowedUses as string[]);
  expect(uses).toHaveLength(2 * certificates.length);
  expect(uses.filter((use) => !signedUses.includes(use))).toEqual([]);
});

describe("names", () => {
  it("of an application host are its own one, which the balancer verifies, that of before, and its own address", () => {
    for (const [host, address] of [
      ["web-1", "10.31.64.11"],
      ["web-2", "10.31.64.12"],
    ]) {
      expect(recording.get(`${host}-request`).inputs).toMatchObject({
        dnsNames: ["web.portico.internal", `${host}.web.portico.internal`],
        ipAddresses: [address],
      });
    }
  });

  it("of the balancer are the site's, and its own address", () => {
    expect(recording.get("balancer-request").inputs).toMatchObject({
      dnsNames: ["shop.example.org", "www.example.org"],
      ipAddresses: ["10.31.64.10"],
      subject: { commonName: "shop.example.org" },
    });
  });

  it("that change make another certificate for the balancer, and leave all keys and the application hosts' certificates", async () => {
    const renamed = await program.run({ file: readStackFile("dev") });
    const changed = recording.changesTo(renamed);
    expect(changed).toContain("balancer-request");
    expect(changed.filter((label) => /-(key|certificate)$|^web-\d-request$/.test(label))).toEqual([]);
  });
});

describe("the certificate of the site by another word", () => {
  const by = (certificate: string, more = {}) =>
    program.run({
      file: { ...readStackFile("dev"), "portico:site": { domains: ["shop.example.org"], certificate, ...more } },
    });
  const siteFiles = (made: Recording) =>
    (JSON.parse(made.stdinOf("balancer-stage")) as { secretFiles: Record<string, string>[] }).secretFiles.filter(
      ({ path }) => path!.includes("/site."),
    );

  it("is signed by nobody else with self-signed, for the same names", async () => {
    const made = await by("self-signed");
    const { inputs, options } = made.get("balancer-self-signed-certificate");
    expect(inputs).toMatchObject({
      dnsNames: ["shop.example.org"],
      ipAddresses: ["10.31.64.10"],
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: 366 * dayHours,
    });
    expect(isSecret(inputs.privateKeyPem)).toBe(true);
    expect(options.dependsOn).toContain("balancer-self-signed-key");
    expect(made.labels).not.toContain("balancer-certificate");
    expect(siteFiles(made).map(({ effect }) => effect)).toEqual(["nginx", "nginx"]);
  });

  it("is the host's own with acme once it is there: what the authority signed only takes its place until then", async () => {
    const made = await by("acme");
    expect(siteFiles(made)).toMatchObject([
      { content: "certificate balancer-certificate", mode: "0644", effect: "agent" },
      { mode: "0640", group: "www-data", effect: "agent" },
    ]);
    expect(made.outputsOf("Stack").url).toBe("https://shop.example.org");
  });

  it("comes and goes without a change for any application host", async () => {
    const [before, ...others] = [await by("private"), await by("self-signed"), await by("acme")];
    for (const after of others) expect(before.changesTo(after).filter((label) => label.startsWith("web-"))).toEqual([]);
  });
});
