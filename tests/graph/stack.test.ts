import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile, stackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, textsOf } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;
let dev: Recording;
let preview: Recording;
let three: Recording;

const withMachines = (webMachines: number, batch: number | string = 1) => ({
  ...readStackFile("dev"),
  "portico:local": { webMachines },
  "portico:rollout": { batch },
});

beforeAll(async () => {
  program = new Program(makeFolder());
  dev = await program.run({ file: readStackFile("dev") });
  preview = await program.run({ file: readStackFile("dev"), preview: true });
  three = await program.run({ file: withMachines(3), history: dev.outputsOf("Stack").history });
});

describe("the stack file that comes with the project", () => {
  it("declares two application machines and one balancer, and nothing besides what they need", () => {
    expect(countTypes(dev)).toEqual({
      "portico:components:LocalTarget": 1,
      "portico:components:LocalNetwork": 1,
      "portico:components:LocalMachine": 3,
      "portico:components:PrivateAuthority": 1,
      "portico:components:GeneratedSecrets": 1,
      "portico:components:ServerFleet": 1,
      "portico:components:AppServer": 2,
      "portico:components:EdgeBalancer": 1,
      "portico:components:RemoteHost": 3,
      "portico:components:HostFiles": 2,
      "portico:components:Rollout": 1,
      "pulumi:pulumi:StackReference": 1,
      "command:local:Command": 4,
      "command:remote:Command": 19,
      "command:remote:CopyToRemote": 7,
      "tls:index/privateKey:PrivateKey": 11,
      "tls:index/certRequest:CertRequest": 4,
      "tls:index/selfSignedCert:SelfSignedCert": 2,
      "tls:index/locallySignedCert:LocallySignedCert": 4,
    });
    expect(
      dev
        .ofType(":LocalMachine")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["balancer", "web-1", "web-2"]);
  });

  it("declares in a preview, where nothing is known of what is made, the same as in an update", () => {
    expect(preview.labels).toEqual(dev.labels);
    expect(preview.labels.length).toBeGreaterThan(40);
  });

  it("runs without a warning", () => {
    expect([...dev.messages, ...preview.messages].filter((line) => !line.startsWith("info:"))).toEqual([]);
  });
});

describe("another number of application machines", () => {
  const partsOfAHost = (name: string) => [
    ...["LocalMachine", "AppServer", "RemoteHost"].map((component) => `${component} ${name}`),
    ...[
      "activate",
      "bundle",
      "certificate",
      "confirm",
      "host-key",
      "key",
      "machine",
      "packages",
      "ready",
      "release",
      "request",
      "stage",
      "wheels",
    ].map((part) => `${name}-${part}`),
    `balancer-gate-${name}`,
  ];

  it("adds the resources of one host for one more, and renames none", () => {
    expect(three.labels.filter((label) => !dev.labels.includes(label))).toEqual(partsOfAHost("web-3").sort());
    expect(dev.labels.filter((label) => !three.labels.includes(label))).toEqual([]);
  });

  const components = ["EdgeBalancer balancer", "HostFiles balancer-files", "Rollout rollout", "ServerFleet web"];
  const balancerCalls = ["activate", "bundle", "confirm", "gate-web-1", "gate-web-2", "stage", "trust", "visit"].map(
    (role) => `balancer-${role}`,
  );

  it("leaves the hosts that stay as they are, where the number of batches stays; the balancer alone learns of the new one", async () => {
    const { history } = dev.outputsOf("Stack");
    const two = await program.run({ file: withMachines(2, "100%"), history });
    const changed = two.changesTo(await program.run({ file: withMachines(3, "100%"), history }));
    expect(changed).toEqual([...components, ...balancerCalls].sort());
  });

  it("tells the hosts that stay nothing but a longer lease, where it makes a batch more", () => {
    const activations = ["web-1-activate", "web-2-activate"];
    expect(dev.changesTo(three)).toEqual([...components, ...balancerCalls, ...activations].sort());
    for (const label of activations) {
      const [before, after] = [dev, three].map((recording) => JSON.parse(recording.stdinOf(label)) as object);
      expect(before).toMatchObject({ leaseSeconds: 320 });
      expect(after).toEqual({ ...before, leaseSeconds: 450 });
    }
  });

  it("takes the resources of one host away for one less", async () => {
    const one = await program.run({ file: withMachines(1) });
    expect(dev.labels.filter((label) => !one.labels.includes(label))).toEqual(partsOfAHost("web-2").sort());
    expect(one.labels.filter((label) => !dev.labels.includes(label))).toEqual([]);
  });
});

describe("the outputs of the stack", () => {
  it("are the address, the authority's certificates and its generation, the release, the history, the hosts and what they stand on, and no others", () => {
    expect(dev.outputsOf("Stack")).toEqual({
      url: "https://10.31.64.10",
      caCertificate: "certificate authority-certificate\ncertificate authority-certificate-2\n",
      authorityGeneration: 1,
      release: expect.stringMatching(/^[0-9a-f]{12}$/),
      history: [{ release: dev.outputsOf("Stack").release, who: "somebody", commit: null, at: expect.any(String) }],
      hosts: [
        { name: "web-1", role: "web", address: "10.31.64.11" },
        { name: "web-2", role: "web", address: "10.31.64.12" },
        { name: "balancer", role: "balancer", address: "10.31.64.10" },
      ],
      place: { target: "local", "local.addressRange": "10.31.64.0/24", "local.platform": "debian-13" },
    });
  });

  it("are plain, since anybody may read them", () => {
    const outputs = dev.outputsOf("Stack");
    expect(Object.values(outputs).filter(isSecret)).toEqual([]);
    expect(textsOf(outputs).filter(({ secret }) => secret)).toEqual([]);
  });

  it("name release and hosts in a preview already", () => {
    const { release, hosts } = preview.outputsOf("Stack");
    expect({ release, hosts }).toEqual({
      release: dev.outputsOf("Stack").release,
      hosts: dev.outputsOf("Stack").hosts,
    });
  });
});

describe("a stack without the options of the sample", () => {
  it("has no generated secrets when none are named", async () => {
    const plain = await program.run({ file: stackFile({ app: { module: "portico_sample:app" } }) });
    expect(plain.get("GeneratedSecrets app-secrets").inputs).toEqual({ names: [] });
    expect(plain.labels.filter((label) => label.startsWith("app-secrets"))).toEqual([]);
    expect(dev.labels.filter((label) => label.startsWith("app-secrets"))).toEqual(["app-secrets-appSecretKey"]);
  });
});

function countTypes(recording: Recording): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of recording.resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
