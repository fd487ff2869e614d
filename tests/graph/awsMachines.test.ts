import { Program } from "../support/programMocks";
import { awsFile } from "../support/awsFile";
import { addressOf } from "../support/awsMocks";
import { findPrivate } from "../support/leaks";
import { privateMark, publicKeyOf } from "../support/providerMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, reveal } from "../support/wireValues";

const makeFolder = temporaryFolders();
let program: Program;
let staging: Recording;
let prod: Recording;

const machines = ["web-1", "web-2"];
const jumpHost = { address: "jump.example.com", sshPort: 2222, user: "deploy", hostKey: "ssh-ed25519 JUMP" };
const byJump = { mode: "ssh", sshRanges: ["10.1.0.0/16"], jumpHost };
const run = (aws: Parameters<typeof awsFile>[1], more = {}) =>
  program.run({
    file: awsFile("staging", aws),
    stack: "staging",
    history: staging?.outputsOf("Stack").history,
    ...more,
  });

beforeAll(async () => {
  program = new Program(makeFolder());
  staging = await program.run({ file: readStackFile("staging"), stack: "staging" });
  prod = await program.run({ file: readStackFile("prod"), stack: "prod" });
});

const connectionOf = (recording: Recording, label: string) =>
  reveal(recording.get(label).inputs.connection) as Record<string, unknown>;
const userDataOf = (recording: Recording, name: string) =>
  reveal(recording.get(`${name}-instance`).inputs.userData) as string;

describe.each(machines)("%s", (name) => {
  it("is the pinned image in the size of the settings, with an encrypted disk and no public address", () => {
    expect(staging.get(`${name}-instance`).inputs).toMatchObject({
      ami: "ami-0123456789abcdef0",
      instanceType: "t3.small",
      associatePublicIpAddress: false,
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 20 },
      vpcSecurityGroupIds: ["firewall-hosts-id"],
      iamInstanceProfile: "machine-role-profile-physical",
      monitoring: false,
    });
  });

  it("gives its metadata to its own processes alone, against a token", () => {
    expect(staging.get(`${name}-instance`).inputs.metadataOptions).toEqual({
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
      instanceMetadataTags: "disabled",
    });
  });

  it("is never stopped for a change: another takes its place, and nothing keeps it from going", () => {
    const { inputs, options } = staging.get(`${name}-instance`);
    expect(inputs.userDataReplaceOnChange).toBe(true);
    expect(options.replaceOnChanges).toEqual(["instanceType"]);
    expect(options.ignoreChanges).toEqual([]);
    expect(options.protect).toBe(false);
  });

  it("is found by its name, by people and by commands", () => {
    expect(staging.get(`${name}-instance`).inputs.tags).toEqual({
      Name: `Application machine ${name}`,
      "portico:machine": name,
    });
  });

  it("boots when its ways and rules are there, which its first boot needs", () => {
    const { dependsOn } = staging.get(`${name}-instance`).options;
    expect(dependsOn).toEqual(
      expect.arrayContaining([
        "network-private-way-out-eu-central-1a",
        "network-private-way-out-eu-central-1b",
        "firewall-hosts-out-all",
        "network-s3",
      ]),
    );
  });
});

it("machines stand in the zones in turn", () => {
  const subnets = ["web-1", "web-2", "web-3"].map((name) => prod.get(`${name}-instance`).inputs.subnetId);
  expect(subnets).toEqual(["a", "b", "c"].map((zone) => `network-private-eu-central-1${zone}-id`));
});

it("prod refuses a termination by hand, and lifts that by itself when a machine is replaced", () => {
  expect(prod.get("web-1-instance").inputs).toMatchObject({
    disableApiTermination: true,
    forceDestroy: true,
    monitoring: true,
  });
});

describe("the first contact", () => {
  const bootKey = `${privateMark} OpenSSH of web-1-boot-key`;
  const hostKey = `${privateMark} OpenSSH of web-1-host-key`;
  const holders = (value: string) => findPrivate(staging, [value]).secret.map((place) => place.split(":")[0]);

  it("begins with a key in the user data, which is secret and good for nothing else", () => {
    expect(isSecret(staging.get("web-1-instance").inputs.userData)).toBe(true);
    expect(staging.get("web-1-instance").options.additionalSecretOutputs).toContain("userData");
    expect(holders(bootKey)).toEqual(["web-1-instance"]);
  });

  it("brings the host key on standard input, and to nobody else", () => {
    expect(holders(hostKey)).toEqual(["web-1-admit"]);
    expect(staging.stdinOf("web-1-admit")).toBe(hostKey);
  });

  it("is with the machine that holds the boot key, all that follows with the one that holds the host key", () => {
    expect(connectionOf(staging, "web-1-admit").hostKey).toBe(publicKeyOf("web-1-boot-key"));
    const others = [...staging.ofType(":remote:Command"), ...staging.ofType(":CopyToRemote")]
      .map(({ label }) => label)
      .filter((label) => !label.endsWith("-admit"));
    expect(others.length).toBeGreaterThanOrEqual(14);
    for (const label of others)
      expect(connectionOf(staging, label).hostKey).toBe(publicKeyOf(`${label.slice(0, 5)}-host-key`));
  });

  it("comes before all else, and its key is taken away right after", () => {
    expect(staging.get("web-1-admit").options.dependsOn).toContain("web-1-instance");
    expect(staging.get("web-1-ready").options.dependsOn).toContain("web-1-admit");
    expect(staging.get("web-1-ready").inputs.create).toContain("rm -f /etc/ssh/ssh_host_ecdsa_key ");
  });

  it("is kept as it was: another jump host makes no machine admit again, which has lost its boot key", () => {
    expect(staging.get("web-1-first-contact").options.dependsOn).toContain("web-1-instance");
    expect(isSecret(staging.get("web-1-first-contact").inputs.input)).toBe(true);
    expect(connectionOf(staging, "web-1-admit")).toEqual(reveal(staging.get("web-1-first-contact").inputs.input));
  });

  it("is with the kinds of keys that let both be offered at once", () => {
    expect(staging.get("web-1-boot-key").inputs).toMatchObject({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    expect(staging.get("web-1-host-key").inputs).toEqual({ algorithm: "ED25519" });
  });

  it("does not exist for machines of this computer, which get their host key before they boot", async () => {
    const dev = await program.run({ file: readStackFile("dev") });
    expect(dev.labels.filter((label) => /admit|first-contact|boot-key/.test(label))).toEqual([]);
    expect(dev.get("web-1-ready").inputs.create).not.toContain("ssh_host_ecdsa_key");
  });
});

describe("the deployer", () => {
  it("comes through a tunnel of its own to each machine, where no port is open", () => {
    const ways = machines.map((name) => connectionOf(staging, `${name}-ready`));
    expect(ways).toMatchObject([
      { host: "127.0.0.1", port: 22201, user: "admin" },
      { host: "127.0.0.1", port: 22202, user: "admin" },
    ]);
    for (const way of ways) expect(way).not.toHaveProperty("proxy");
  });

  it("comes to the private address by SSH, where the settings say so", async () => {
    const direct = await run({ access: { mode: "ssh", sshRanges: ["10.1.0.0/16"] } });
    expect(connectionOf(direct, "web-2-ready")).toMatchObject({
      host: addressOf("web-2-instance"),
      port: 22,
      hostKey: publicKeyOf("web-2-host-key"),
    });
    expect(connectionOf(direct, "web-2-ready")).not.toHaveProperty("proxy");
  });

  it("comes through a jump host that proves its key as well, with the key that is a secret of the stack", async () => {
    const secrets = { "portico:jumpKey": "planted-jump-key" };
    const jumping = await run({ access: byJump }, { secrets });
    for (const label of ["web-1-admit", "web-1-ready", "web-1-bundle"]) {
      expect(connectionOf(jumping, label)).toMatchObject({
        host: addressOf("web-1-instance"),
        proxy: {
          host: "jump.example.com",
          port: 2222,
          user: "deploy",
          hostKey: "ssh-ed25519 JUMP",
          privateKey: "planted-jump-key",
        },
      });
    }
    expect(findPrivate(jumping, ["planted-jump-key"]).plain).toEqual([]);
  });

  it("without the key of the jump host is told what to do", async () => {
    const { error } = await program.attempt({ file: awsFile("staging", { access: byJump }), stack: "staging" });
    expect((error as Error).message).toContain(
      "portico:jumpKey: got nothing; allowed: a secret; run: pulumi config set --secret jumpKey",
    );
  });

  it("gets the agent of the tunnel installed where the image lacks it, and only then", async () => {
    expect(userDataOf(staging, "web-1")).toContain("amazon-ssm-agent.deb");
    const [ubuntu, direct] = [
      await run({ machines: { platform: "ubuntu-24.04" } }),
      await run({ access: { mode: "ssh", sshRanges: ["10.1.0.0/16"] } }),
    ];
    for (const recording of [ubuntu, direct]) expect(userDataOf(recording, "web-1")).not.toContain("amazon-ssm-agent");
    expect(connectionOf(ubuntu, "web-1-ready").user).toBe("ubuntu");
  });
});

describe("a change", () => {
  const ofMachine = (changed: string[]) => changed.filter((label) => /-instance$|VirtualMachine/.test(label));

  it("of the image of one machine is for that machine alone", async () => {
    const after = await run({ machines: { overrides: { "web-2": { imageId: "ami-0fedcba9876543210" } } } });
    expect(staging.changesTo(after)).toEqual(["VirtualMachine web-2", "web-2-instance"]);
    expect(after.get("web-2-instance").inputs.ami).toBe("ami-0fedcba9876543210");
  });

  it("of the size is for all machines", async () => {
    expect(ofMachine(staging.changesTo(await run({ machines: { instanceType: "t3.medium" } })))).toEqual([
      "VirtualMachine web-1",
      "VirtualMachine web-2",
      "web-1-instance",
      "web-2-instance",
    ]);
  });

  it("to another machine takes along all that is on it and its place at the balancer, and nothing of the others", async () => {
    const after = await run({}, { ids: { "web-2-instance": "i-new" } });
    const changed = staging.changesTo(after);
    const roles = [
      "activate",
      "admit",
      "attachment",
      "bundle",
      "confirm",
      "drain",
      "in-service",
      "packages",
      "ready",
      "release",
      "stage",
    ];
    expect(changed).toEqual(expect.arrayContaining(roles.map((role) => `web-2-${role}`)));
    expect(changed.filter((label) => label.startsWith("web-1"))).toEqual([]);
    for (const { inputs, options } of [...after.ofType(":remote:Command"), ...after.ofType(":CopyToRemote")].filter(
      ({ label }) => label.startsWith("web-2"),
    )) {
      expect(inputs.triggers).toEqual(["i-new"]);
      expect(options.deletedWith).toBe("web-2-instance");
    }
  });

  it("of the number of machines leaves those that stay as they are", async () => {
    const after = await run({ machines: { count: 3 } });
    expect(after.labels).toContain("web-3-instance");
    expect(ofMachine(staging.changesTo(after))).toEqual([]);
  });

  it("of nothing changes nothing", async () => {
    expect(staging.changesTo(await run({}, { person: "another" }))).toEqual([]);
  });
});

it("the machines may be reached through Session Manager, and no more, by their own role", () => {
  expect(staging.get("machine-role-session-manager").inputs.policyArn).toBe(
    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
  );
  expect(
    staging.resources.filter(
      ({ type, inputs }) =>
        type.endsWith(":RolePolicyAttachment") && JSON.stringify(inputs.role).includes("machine-role"),
    ),
  ).toHaveLength(1);
  expect(staging.get("machine-role-profile").options.dependsOn).toContain("machine-role-session-manager");
});

it("the machines read no parameter of the account, which AWS's policy would let them, from their first moment on", () => {
  const { inputs } = staging.get("machine-role-no-parameters");
  expect(JSON.stringify(inputs.role)).toContain("machine-role");
  expect(JSON.parse(inputs.policy as string)).toMatchObject({
    Statement: [{ Effect: "Deny", Action: "ssm:GetParameter*", Resource: "*" }],
  });
  expect(staging.get("machine-role-profile").options.dependsOn).toContain("machine-role-no-parameters");
});

it("wheels and files are chosen for the processor and the system of the image", async () => {
  const arm = {
    getAmi: (inputs: object) => ({ ...image(inputs), architecture: "arm64" }),
    getInstanceType: () => ({ supportedArchitectures: ["arm64"] }),
  };
  const recording = await run({ machines: { architecture: "arm64", instanceType: "t4g.small" } }, { aws: arm });
  expect(userDataOf(recording, "web-1")).toContain("debian_arm64");
});

function image(inputs: object) {
  const { usualAws } = jest.requireActual<typeof import("../support/awsMocks")>("../support/awsMocks");
  return usualAws.getAmi(inputs as Record<string, unknown>);
}
