import { parseSettings, SettingsError } from "../../lib/settings";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEu1hN7Qb3nZ1mJ1f5Jz2p0cEo4m3tq1h1b2c3d4e5f6";
const first = { name: "one", address: "10.0.0.11", roles: ["web"], user: "admin", hostKey: key };
const second = {
  name: "two",
  address: "10.0.0.12",
  roles: ["web", "balancer"],
  user: "admin",
  hostKey: key,
  platform: "debian-12",
};

function faultsOf(machines: unknown, more: Record<string, unknown> = {}): string {
  try {
    parseSettings({ target: "hosts", app: { module: "a:b" }, hosts: { machines }, ...more });
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return "";
}

describe("the settings of given hosts", () => {
  it("take hosts apart from each other, one of them the balancer", () => {
    expect(faultsOf([first, second])).toBe("");
    expect(faultsOf([{ ...second, roles: ["balancer", "web"] }])).toBe("");
    expect(faultsOf([first, { ...second, roles: ["balancer"] }])).toBe("");
  });

  it("are checked for target hosts alone", () => {
    const given = { app: { module: "a:b" }, hosts: { machines: [first] } };
    expect(() => parseSettings(given)).not.toThrow();
    expect(() => parseSettings({ ...given, target: "hosts" })).toThrow(SettingsError);
  });

  it.each<[string, unknown, string]>([
    [
      "a name twice",
      [first, { ...second, name: "one" }],
      'hosts.machines.1.name: got "one"; allowed: one that no other host has; hosts.machines.0 has it',
    ],
    ["an address twice", [first, { ...second, address: "10.0.0.11" }], 'hosts.machines.1.address: got "10.0.0.11"'],
    [
      "one sshd twice",
      [first, { ...second, sshAddress: "10.0.0.11" }],
      'hosts.machines.1.sshAddress: got "10.0.0.11 port 22"',
    ],
    [
      "no address",
      [first, { ...second, address: "10.0.0.300" }],
      'hosts.machines.1.address: got "10.0.0.300"; allowed: an IPv4 address',
    ],
    [
      "no balancer",
      [first],
      "hosts.machines: got []; allowed: exactly one host with the role balancer; give the role to a host",
    ],
    [
      "two balancers",
      [second, { ...first, roles: ["balancer"] }],
      'hosts.machines: got ["two","one"]; allowed: exactly one host with the role balancer; take it from the others',
    ],
    [
      "no application host",
      [{ ...second, roles: ["balancer"] }],
      "hosts.machines: got []; allowed: one host or more with the role web",
    ],
    ["a role twice", [first, { ...second, roles: ["balancer", "balancer", "web"] }], "hosts.machines.1.roles: got"],
    ["no role", [{ ...first, roles: [] }, second], "hosts.machines.0.roles: got []"],
    [
      "another role",
      [{ ...first, roles: ["db"] }, second],
      'hosts.machines.0.roles.0: got "db"; allowed: a list of roles: web, balancer, or both',
    ],
    ["root", [{ ...first, user: "root" }, second], 'hosts.machines.0.user: got "root"'],
    ["a name of the stack's own", [{ ...first, name: "authority" }, second], 'hosts.machines.0.name: got "authority"'],
    [
      "a name that another host's certificate has",
      [{ ...first, name: "two-site" }, second],
      'hosts.machines.0.name: got "two-site"',
    ],
    ["a key of RSA", [{ ...first, hostKey: "ssh-rsa AAAAB3NzaC1yc2E=" }, second], "hosts.machines.0.hostKey"],
    ["a key with a comment", [{ ...first, hostKey: `${key} root@host` }, second], "hosts.machines.0.hostKey"],
    [
      "an unknown field",
      [{ ...first, port: 22 }, second],
      "hosts.machines.0.port: got 22; allowed: the settings name, address, roles,",
    ],
    ["no list", {}, "hosts.machines: got {}; allowed: a list of groups"],
    ["none", [], "hosts.machines: got []; allowed: a list of groups"],
  ])("refuse %s", (_, machines, message) => {
    expect(faultsOf(machines)).toContain(`portico:${message}`);
  });

  it("refuse a site without a name, and target hosts without hosts", () => {
    expect(faultsOf([first, second], { site: { domains: [] } })).toContain(
      "portico:site.domains: got []; allowed: at least one name",
    );
    expect(faultsOf(undefined, { hosts: undefined })).toContain(
      "portico:hosts: got nothing; allowed: a group of settings",
    );
  });
});
