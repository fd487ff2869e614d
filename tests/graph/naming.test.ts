import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
const stack = "quarterly";
const machines = ["web-1", "web-2", "balancer"];
let recording: Recording;
let dev: Recording;

beforeAll(async () => {
  const program = new Program(makeFolder());
  recording = await program.run({ file: readStackFile("dev"), stack });
  dev = await program.run({ file: readStackFile("dev") });
});

describe("names", () => {
  it("of components have the project, the folder and the class as their type, which state files remember", () => {
    const components = recording.resources.filter(({ custom }) => !custom);
    expect(new Set(components.map(({ type }) => type))).toEqual(
      new Set(
        [
          "LocalTarget",
          "LocalNetwork",
          "LocalMachine",
          "PrivateAuthority",
          "GeneratedSecrets",
          "ServerFleet",
          "AppServer",
          "EdgeBalancer",
          "RemoteHost",
          "HostFiles",
          "Rollout",
        ].map((name) => `portico:components:${name}`),
      ),
    );
  });

  it("begin with the name of the machine or of the component that they belong to", () => {
    const children = recording.resources.filter(({ options }) => options.parent !== "Stack");
    const strangers = children.filter(({ name, options }) => {
      const owners = [recording.get(options.parent).name, ...machines];
      return !owners.some((owner) => name === owner || name.startsWith(`${owner}-`));
    });
    expect(children.length).toBeGreaterThan(40);
    expect(strangers.map(({ label }) => label)).toEqual([]);
  });

  it("are short words with hyphens, free of the stack's name, and the same in every stack", () => {
    const names = recording.resources.map(({ name }) => name);
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(-[a-z0-9][A-Za-z0-9]*)*$/.test(name))).toEqual([]);
    expect(names.filter((name) => name.includes(stack) || name.length > 40)).toEqual([]);
    expect(recording.labels).toEqual(dev.labels);
  });

  it("follow the stack only where people read them: in the issuer of its certificates", () => {
    expect(recording.get("PrivateAuthority authority").inputs).toMatchObject({ commonName: "Portico quarterly" });
    expect(dev.get("PrivateAuthority authority").inputs).toMatchObject({ commonName: "Portico dev" });
  });
});

describe("parents", () => {
  it("lead from every resource through components up to the stack", () => {
    for (const resource of recording.resources) {
      const chain = chainOf(recording, resource.label);
      expect(chain.at(-1)).toBe("Stack");
      expect(chain.slice(1, -1).filter((label) => recording.get(label).custom)).toEqual([]);
    }
  });

  it("of the resources of a provider are components; below the stack itself stands beside those what it reads of itself", () => {
    const atTheTop = recording.resources.filter(({ options }) => options.parent === "Stack");
    expect(atTheTop.map(({ label }) => label).sort()).toEqual(
      [
        "EdgeBalancer balancer",
        "GeneratedSecrets app-secrets",
        "LocalTarget local",
        "PrivateAuthority authority",
        "Rollout rollout",
        "ServerFleet web",
        "self",
      ].sort(),
    );
  });
});

describe("options that hold up a teardown or hide a change", () => {
  it("stand on no resource", () => {
    const plain = { protect: false, retainOnDelete: false, aliases: [], ignoreChanges: [] };
    expect(recording.resources.length).toBeGreaterThan(40);
    for (const { label, options } of recording.resources)
      expect({ label, ...options }).toMatchObject({ label, ...plain });
  });
});

function chainOf(recorded: Recording, label: string): string[] {
  return label === "Stack" ? [label] : [label, ...chainOf(recorded, recorded.get(label).options.parent)];
}
