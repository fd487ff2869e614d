import { HostsInState } from "../../bin/commands/state/hostsInState";
import type { StateResource } from "../../bin/commands/state/stackState";
import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile, stackFile, type StackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { reveal } from "../support/wireValues";

/** What commands find in the engine's state is what the program declares, on each target. */
const makeFolder = temporaryFolders();
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEu1hN7Qb3nZ1mJ1f5Jz2p0cEo4m3tq1h1b2c3d4e5f6";
const given = (name: string, address: string, roles: string[]) => ({
  name,
  address,
  roles,
  user: "admin",
  hostKey,
  platform: "debian-13",
});
const combined = stackFile({
  target: "hosts",
  app: { folder: "app", module: "portico_sample:app", generatedSecrets: ["appSecretKey"] },
  site: { domains: ["shop.example.org"] },
  hosts: { machines: [given("south", "10.0.0.12", ["balancer", "web"]), given("north", "10.0.0.11", ["web"])] },
});

const stagedOn = (host: string) => `key of ${host}`;

async function hostsOf(file: StackFile, stack: string, names: string[]): Promise<HostsInState> {
  const recording = await new Program(makeFolder()).run({
    file,
    stack,
    prints: Object.fromEntries(names.map((host) => [`${host}-stage`, JSON.stringify({ staged: stagedOn(host) })])),
    ...(stack === "given" && { secrets: { "portico:loginKey": "-----BEGIN OPENSSH PRIVATE KEY----- of the login" } }),
  });
  return new HostsInState(asInState(recording));
}

function asInState({ resources }: Recording): StateResource[] {
  return resources.map(({ type, name, inputs }) => ({
    urn: `urn:pulumi:any::portico::${type}::${name}`,
    type,
    inputs: Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, reveal(value)])),
  }));
}

test.each([
  ["local", readStackFile("dev"), "dev", ["web-1", "web-2"], "balancer"],
  ["hosts", combined, "given", ["north", "south"], "south"],
  ["aws", readStackFile("staging"), "staging", ["web-1", "web-2"], undefined],
] as const)("target %s", async (_, file, stack, application, balancer) => {
  const names = [...new Set([...application, ...(balancer === undefined ? [] : [balancer])])].sort();
  const hosts = await hostsOf(file, stack, names);
  expect(hosts.names).toEqual(names);
  expect(hosts.applicationHosts).toEqual(application);
  expect(hosts.balancer).toBe(balancer);
  for (const host of hosts.names) {
    expect(hosts.connections.get(host)).toMatchObject({ host: expect.any(String), hostKey: expect.any(String) });
    expect(hosts.activatedOn(host)).toBe(stagedOn(host));
    expect(hosts.urnsOf([`${host}-packages`, `${host}-stage`, `${host}-activate`])).toHaveLength(3);
  }
  for (const host of application)
    expect(hosts.gateOf(host)?.hosts.map(({ name }) => name)).toEqual(balancer === undefined ? undefined : [host]);
});

describe("the gate of a host", () => {
  let hosts: HostsInState;
  const names = ["balancer", "web-1", "web-2", "web-3"];

  beforeAll(async () => {
    const dev = readStackFile("dev");
    hosts = await hostsOf({ ...dev, "portico:local": { webMachines: 3 } }, "dev", names);
  });

  it("is that of its batch, for this host alone", () => {
    expect(hosts.urnsOf(["balancer-gate-web-3"])).toEqual([]);
    for (const name of ["web-1", "web-2", "web-3"]) {
      const { hosts: asked, staged } = hosts.gateOf(name)!;
      expect(asked).toEqual([{ name, address: `10.31.64.1${name.at(-1)}` }]);
      expect(staged).toBe(stagedOn("balancer"));
    }
  });

  it("is the one that the balancer knows now, where updates without some hosts left others", () => {
    const gateOf = (first: string, staged: string) => ({
      ...hosts.step("balancer", "gate-web-2")!,
      urn: `urn:pulumi:any::portico::command:remote:Command::balancer-gate-${first}`,
      inputs: { stdin: JSON.stringify({ ...hosts.gateOf("web-3"), staged }) },
    });
    const others = hosts.resources.filter(({ urn }) => !/-gate-/.test(urn));
    const [now, before] = [stagedOn("balancer"), "key of before"];
    for (const [second, third] of [
      [now, before],
      [before, now],
    ] as const) {
      const state = new HostsInState([...others, gateOf("web-2", second), gateOf("web-3", third)]);
      expect(state.gateOf("web-3")?.staged).toBe(now);
    }
    expect(new HostsInState([...others, gateOf("web-2", before)]).gateOf("web-3")?.staged).toBe(before);
  });
});

test("a state without hosts has none", () => {
  const hosts = new HostsInState([]);
  expect(hosts).toMatchObject({ names: [], applicationHosts: [], balancer: undefined });
  expect(hosts.activatedOn("web-1")).toBeUndefined();
  expect(hosts.gateOf("web-1")).toBeUndefined();
});
