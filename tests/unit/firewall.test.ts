import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { balancerFiles } from "../../lib/hostFiles/balancer";
import { combinedHostFiles } from "../../lib/hostFiles/combinedHost";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import { webFiles } from "../../lib/hostFiles/webHost";
import { planFirewall } from "../../lib/hosts/firewall";
import { planLocalSite } from "../../lib/targets/local/site";
import { baselinePlan, baselineSettings, contentOf, directives } from "../support/baseline";
import { temporaryFolders } from "../support/temporaryFolder";

const plan = baselinePlan("debian-13");
const unwalled = { ...plan, firewall: undefined };
const paths = (files: readonly HostFile[]) =>
  files.map((file) => file.path).filter((each) => each.includes("firewall"));
const lines = (files: readonly HostFile[], name: string) => directives(contentOf(files, `/etc/portico/${name}`));

describe("the files of a firewall", () => {
  const settings = baselineSettings();
  const [common, unit] = ["/etc/portico/firewall.nft", "/etc/systemd/system/portico-firewall.service"];
  const [application, services] = ["application", "services"].map((name) => `/etc/portico/firewall/${name}.nft`);

  it.each([
    ["an application host", webFiles, [common, application, services, unit]],
    ["a balancer", balancerFiles, [common, services, unit]],
    ["a host that is both", combinedHostFiles, [common, application, services, unit]],
  ])("of %s are those of its roles, and none where it has no firewall", (_, filesOf, expected) => {
    const files = filesOf(settings, plan);
    expect(paths(files)).toEqual(expected);
    const rules = files.filter((file) => file.path.endsWith(".nft"));
    expect(new Set(rules.map(({ effect }) => effect))).toEqual(new Set(["firewall"]));
    expect(paths(filesOf(settings, unwalled))).toEqual([]);
  });

  it("let in sshd from the ranges, of both families, and the balancer alone", () => {
    const firewall = {
      ...plan.firewall,
      sshRanges: ["192.0.2.0/24", "fd00::/8", "192.0.2.0/24"],
      sshPorts: [22, 2222],
    };
    const files = webFiles(settings, { ...plan, firewall });
    expect(lines(files, "firewall.nft").filter((line) => line.includes("2222"))).toEqual([
      "ip saddr { 192.0.2.0/24 } tcp dport { 22, 2222 } accept",
      "ip6 saddr { fd00::/8 } tcp dport { 22, 2222 } accept",
    ]);
    expect(lines(files, "firewall/services.nft")).toContain("ip saddr { 10.31.64.10 } tcp dport 8443 accept");
  });

  it("have no rule, and no empty set, for what nobody is to reach", () => {
    const firewall = { sshRanges: [], sshPorts: [22], hostAddresses: [] };
    const files = webFiles(settings, { ...plan, firewall, balancerAddresses: [] });
    const all = ["firewall.nft", "firewall/services.nft", "firewall/application.nft"].flatMap((name) =>
      lines(files, name),
    );
    expect(all.filter((line) => /\{ *\}|dport 8443 accept|dport \{ 22 \} accept/.test(line))).toEqual([]);
  });

  it("refuse an address that is none, which would be a rule of its own", () => {
    const firewall = { ...plan.firewall, sshRanges: ["0.0.0.0/0 } accept; #"] };
    expect(() => webFiles(settings, { ...plan, firewall })).toThrow("network: got");
  });
});

describe("who has a firewall", () => {
  const ofTarget = { sshRanges: null, sshPorts: [22], hostAddresses: [] };
  const hosts = {
    target: "hosts",
    hosts: {
      machines: [
        { name: "one", address: "10.0.0.1", roles: ["web", "balancer"], user: "admin", hostKey: "ssh-ed25519 AAAA" },
      ],
    },
  };
  it.each([
    [{}, true],
    [{ firewall: { rules: "none" } }, false],
    [hosts, false],
    [{ ...hosts, firewall: { rules: "ours" } }, true],
  ])("follows from target and settings: %j", (overrides, has) => {
    expect(planFirewall(baselineSettings(overrides), ofTarget) !== undefined).toBe(has);
  });

  it("takes the ranges of the settings before those of the target", () => {
    const given = baselineSettings({ firewall: { sshRanges: ["192.0.2.1"] } });
    expect(planFirewall(given, ofTarget)?.sshRanges).toEqual(["192.0.2.1"]);
    expect(planFirewall(baselineSettings(), ofTarget)?.sshRanges).toBeNull();
    expect(() => baselineSettings({ firewall: { sshRanges: [] } })).toThrow("at least one");
  });
});

describe("the firewall of local machines", () => {
  const newFolder = temporaryFolders();
  const site = (root: string, overrides = {}) =>
    planLocalSite(baselineSettings({ local: { addressRange: "10.31.203.0/24" }, ...overrides }), {
      root,
      machines: path.join(root, "machines"),
    } as never);
  const makeMachine = (root: string, name: string, programs: readonly string[]) => {
    const folder = path.join(root, "machines", name, "root/usr/sbin");
    mkdirSync(folder, { recursive: true });
    for (const program of programs) writeFileSync(path.join(folder, program), "");
  };

  it("lets in this computer, for machines that are to be made and for those that have nftables", () => {
    const root = newFolder();
    const expected = {
      sshRanges: ["10.31.203.1"],
      sshPorts: [22],
      hostAddresses: ["10.31.203.0/24"],
    };
    expect(site(root).firewall).toEqual(expected);
    makeMachine(root, "web-1", ["nft"]);
    expect(site(root).firewall).toEqual(expected);
  });

  it("is none where a machine was made before they had nftables, or an error where it has to be", () => {
    const root = newFolder();
    makeMachine(root, "web-2", ["sshd"]);
    expect(site(root).firewall).toBeUndefined();
    expect(() => site(root, { firewall: { rules: "ours" } })).toThrow(
      'firewall.rules: got "ours"; allowed: auto or none: web-2 was made before machines had nftables',
    );
  });
});
