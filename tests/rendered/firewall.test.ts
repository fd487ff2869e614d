import { balancerFiles } from "../../lib/hostFiles/balancer";
import { combinedHostFiles } from "../../lib/hostFiles/combinedHost";
import { webFiles } from "../../lib/hostFiles/webHost";
import { platformIds } from "../../lib/hosts/platforms";
import { readFacts } from "../../lib/targets/hosts/doctor/findings";
import { factsScript } from "../../lib/targets/hosts/doctor/factsScript";
import { run } from "../support/run";
import { baselinePlan, baselineSettings } from "../support/baseline";
import { describeOn } from "../support/systems";
import { WalledHost, type Reached } from "../support/walledHost";

const [deployer, balancer, host, otherHost, stranger] = [1, 10, 11, 12, 99].map((last) => `10.31.64.${last}`) as [
  string,
  string,
  string,
  string,
  string,
];
const strangerBySix = "fd00::99";
const metadata = ["169.254.169.254", "fd00:ec2::254"];
const peers = [deployer, balancer, otherHost, stranger, strangerBySix, ...metadata];
const ports = [22, 53, 80, 443, 5432, 8080, 8443];
const unload = ["nft", "add table inet portico; delete table inet portico"];

describe.each(platformIds)("%s", (id) => {
  describeOn(id, "nftables", (base) => {
    const start = (files: Parameters<typeof WalledHost.start>[1], address: string) =>
      WalledHost.start(
        base(),
        files,
        address,
        peers.filter((each) => each !== address),
        ports,
      );

    describe("an application host", () => {
      let walled: WalledHost;
      beforeAll(async () => {
        walled = await start(webFiles(baselineSettings(), baselinePlan(id)), host);
      });
      afterAll(() => walled?.stop());

      const refusedByRules: Record<string, Reached> = {
        [`${otherHost} 22`]: "error",
        [`${otherHost} 8443`]: "error",
        [`${host} 22`]: "error",
        [`${host} 8443`]: "error",
        "127.0.0.1 22": "error",
        "::1 22": "error",
        "::1 8443": "error",
        [`${metadata[0]} 80`]: "error",
        [`${metadata[1]} 80`]: "error",
      };

      test("without its rules is open to all, and lets the application out", async () => {
        const open = { [`${stranger} 22`]: "open", [`${otherHost} 8443`]: "open" } as const;
        expect(await walled.fromPeers(open)).toEqual(open);
        const reached = Object.fromEntries(Object.keys(refusedByRules).map((way) => [way, "open" as const]));
        expect(await walled.fromHost("portico", reached)).toEqual(reached);
      });

      test("keeps connections from before its rules and remembers none of them, and takes no new ones of their kind", async () => {
        const inbound = await walled.hold("peer", `${otherHost}/${host}/8080`);
        const outbound = await walled.hold("host", `0.0.0.0/${otherHost}/8080`);
        expect(await walled.load()).toMatchObject({ status: 0, stderr: "" });
        expect(await inbound.ask("after")).toBe("after");
        expect(await outbound.ask("after")).toBe("after");
        expect(await walled.remembered()).toBe(0);
        const refused = { [`${otherHost} 8080`]: "silent" } as const;
        expect(await walled.fromPeers(refused)).toEqual(refused);
      });

      test("serves its balancer alone, and SSH to the deployer alone", async () => {
        expect((await walled.load()).status).toBe(0);
        const expected: Record<string, Reached> = {
          [`${deployer} 22`]: "open",
          [`${balancer} 8443`]: "open",
          ...Object.fromEntries(
            [`${deployer} 8443`, `${balancer} 22`, `${strangerBySix} 22`, `${strangerBySix} 8443`].map(silent),
          ),
          ...Object.fromEntries(ports.map((port) => silent(`${otherHost} ${port}`))),
          ...Object.fromEntries(ports.map((port) => silent(`${stranger} ${port} udp`))),
        };
        expect(await walled.fromPeers(expected)).toEqual(expected);
      });

      test("gets answers to what it asks, by TCP and UDP, and is pinged", async () => {
        const expected: Record<string, Reached> = {
          [`${stranger} 443`]: "open",
          [`${deployer} 53 udp`]: "open",
          [`${strangerBySix} 443`]: "open",
          [`${otherHost} 22`]: "open",
          [`${metadata[0]} 80`]: "open",
          "127.0.0.1 8443": "open",
        };
        expect(await walled.fromHost("root", expected)).toEqual(expected);
        for (const target of [host, "fd00::11"])
          expect((await walled.peer.runInNetwork(["python3", "-c", ping, target])).stdout).toBe("answered\n");
      });

      test("keeps its application from sshd and the port of all hosts and from the metadata, and from nothing else", async () => {
        const expected: Record<string, Reached> = {
          ...refusedByRules,
          [`${metadata[0]} 53 udp`]: "error",
          [`${otherHost} 5432`]: "open",
          [`${stranger} 22`]: "open",
          [`${deployer} 53 udp`]: "open",
          "127.0.0.1 5432": "open",
        };
        expect(await walled.fromHost("portico", expected)).toEqual(expected);
      });

      test("has no rules left where these are unloaded, as often as that is done", async () => {
        expect((await walled.host.run(unload)).status).toBe(0);
        expect((await walled.host.run(unload)).status).toBe(0);
        expect((await walled.host.run(["nft", "list", "ruleset"])).stdout).toBe("");
      });
    });

    describe("an application that may reach some networks", () => {
      let walled: WalledHost;
      beforeAll(async () => {
        const settings = baselineSettings({ firewall: { outboundRanges: [`${otherHost}/32`, "fd00::/64"] } });
        walled = await start(webFiles(settings, baselinePlan(id)), host);
        expect(await walled.load()).toMatchObject({ status: 0, stderr: "" });
      });
      afterAll(() => walled?.stop());

      test("reaches these and its own host", async () => {
        const expected: Record<string, Reached> = {
          [`${otherHost} 5432`]: "open",
          [`${otherHost} 8443`]: "error",
          [`${strangerBySix} 443`]: "open",
          "127.0.0.1 5432": "open",
          [`${stranger} 443`]: "error",
          [`${stranger} 53 udp`]: "error",
        };
        expect(await walled.fromHost("portico", expected)).toEqual(expected);
        const others = { [`${stranger} 443`]: "open" } as const;
        expect(await walled.fromHost("root", others)).toEqual(others);
      });
    });

    test.each([
      ["a balancer", balancerFiles],
      ["a host that is both", combinedHostFiles],
    ])("%s serves HTTP and HTTPS to all, and nothing else to anyone", async (_, filesOf) => {
      const walled = await start(filesOf(baselineSettings(), baselinePlan(id)), balancer);
      try {
        expect(await walled.load()).toMatchObject({ status: 0, stderr: "" });
        const expected: Record<string, Reached> = {
          [`${stranger} 80`]: "open",
          [`${stranger} 443`]: "open",
          [`${strangerBySix} 443`]: "open",
          [`${deployer} 22`]: "open",
          ...Object.fromEntries([22, 53, 5432, 8080, 8443].map((port) => silent(`${otherHost} ${port}`))),
        };
        expect(await walled.fromPeers(expected)).toEqual(expected);
        const itself = { [`${balancer} 8443`]: "open" } as const;
        expect(await walled.fromHost("root", itself)).toEqual(itself);
      } finally {
        await walled.stop();
      }
    });

    test("rules for sshd from everywhere, on more than one port, are taken", async () => {
      const plan = baselinePlan(id);
      const firewall = { ...plan.firewall, sshRanges: null, sshPorts: [22, 8080], hostAddresses: [] };
      const walled = await start(webFiles(baselineSettings(), { ...plan, firewall }), host);
      try {
        expect(await walled.load()).toMatchObject({ status: 0, stderr: "" });
        const expected = { [`${stranger} 22`]: "open", [`${strangerBySix} 8080`]: "open" } as const;
        expect(await walled.fromPeers(expected)).toEqual(expected);
      } finally {
        await walled.stop();
      }
    });
  });
});

/** In a network of its own, for which the doctor's script of this computer tells of its tables. */
(process.getuid?.() === 0 ? describe : describe.skip)("the doctor", () => {
  const firewallsWith = async (rules: string) => {
    const words = ["unshare", "--net", "sh", "-euc", `nft '${rules}'; exec sh -s`];
    const { stdout, code, output } = await run(words, { input: factsScript([], []) });
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    return readFacts(stdout).get("firewall");
  };
  const table = (name: string, policy: string, rule = "") =>
    `table ${name} { chain c { type filter hook input priority 0; policy ${policy}; ${rule} }; }`;

  it.each([
    ["a table that drops what it does not know", table("inet mine", "drop"), ["nftables inet mine"]],
    ["one that refuses by a rule", table("ip mine", "accept", "tcp dport 25 reject;"), ["nftables ip mine"]],
    ["one that only counts", table("inet mine", "accept", "counter;"), undefined],
    ["one that refuses nothing that comes in", "table ip mine { chain c { drop; }; }", undefined],
    ["ours", table("inet portico", "drop"), undefined],
  ])("tells of %s what is to be told", async (_, rules, found) => {
    expect(await firewallsWith(rules)).toEqual(found);
  });
});

function silent(way: string): [string, Reached] {
  return [way, "silent"];
}

/** An echo request without the program for it, which hosts and computers may lack. */
const ping = `
import socket, struct, sys
six = ":" in sys.argv[1]
kind = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW, 58 if six else 1)
kind.settimeout(40)
body = struct.pack("!HH4s", 7, 1, b"word")
total = sum(struct.unpack("!4H", body)) + 0x0800
total = (total & 0xFFFF) + (total >> 16)
kind.sendto(struct.pack("!BBH", 128 if six else 8, 0, 0 if six else ~total & 0xFFFF) + body, (sys.argv[1], 0))
while True:
    data = kind.recv(1000)
    if data[0 if six else 20] == (129 if six else 0):
        print("answered")
        break
`;
