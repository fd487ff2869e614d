import { readFileSync } from "node:fs";
import path from "node:path";
import { clients, type TestStack } from "../../support/testStack";
import type { Reached } from "../../support/walledHost";

const program = readFileSync(path.join(__dirname, "..", "..", "support", "reach.py"), "utf8");
const hosts = { balancer: addressOf(10), "web-1": addressOf(11), "web-2": addressOf(12) };
/** Nobody reaches it, whatever listens there. */
const undeclared = 9999;
const ports = [22, 80, 443, 8443, undeclared];

export function describeFirewall(stack: TestStack): void {
  describe("the firewall of the hosts", () => {
    const words = (host: keyof typeof hosts, reached: Record<number, Reached>, otherwise: Reached) =>
      Object.fromEntries(ports.map((port) => [`${hosts[host]} ${port}`, reached[port] ?? otherwise]));

    /** What comes of ways from a machine; `as` is a user there. */
    function reach(from: string, ways: readonly string[], as?: string): Record<string, string> {
      const user = as === undefined ? "" : `setpriv --reuid=${as} --regid=${as} --clear-groups `;
      const named = ways.map((way) => `0.0.0.0/${way.replace(" ", "/")}`).join(" ");
      const lines = stack.onHost(from, `${user}python3 - try 5 ${named}`, program).trim().split("\n");
      return Object.fromEntries(ways.map((way, index) => [way, lines[index]!]));
    }

    beforeAll(() => {
      for (const host of Object.keys(hosts))
        stack.onHost(host, `systemd-run --quiet --unit=stray python3 -m http.server ${undeclared}`);
    });
    afterAll(() => {
      for (const host of Object.keys(hosts)) stack.onHost(host, "systemctl stop stray.service");
    });

    it.each([
      ["web-1", "web-2", {}],
      ["web-1", "balancer", { 80: "open", 443: "open" }],
      ["balancer", "web-2", { 8443: "open" }],
    ] as const)("lets %s reach of %s what is declared, and nothing else", (from, to, open) => {
      const expected = words(to, Object.fromEntries(Object.keys(open).map((port) => [port, "reset"])), "silent");
      const found = reach(from, Object.keys(expected));
      const answered = Object.entries(found).map(([way, what]) => [way, what === "silent" ? what : "reset"]);
      expect(Object.fromEntries(answered)).toEqual(expected);
    });

    it("keeps the application from sshd and the port of the hosts, its own among them, and from the metadata", () => {
      const refused = [
        ...Object.values(hosts).flatMap((address) => [`${address} 22`, `${address} 8443`]),
        ...["127.0.0.1 22", "127.0.0.1 8443", "169.254.169.254 80"],
      ];
      expect(reach("web-1", refused, "portico")).toEqual(Object.fromEntries(refused.map((way) => [way, "error"])));
    });

    it("is loaded from the boot on, by a unit that may do nothing else", () => {
      for (const host of Object.keys(hosts)) {
        expect(stack.onHost(host, "systemctl is-enabled portico-firewall; systemctl is-active portico-firewall")).toBe(
          "enabled\nactive\n",
        );
      }
    });
  });
}

function addressOf(last: number): string {
  return clients.load.replace(/\d+$/, String(last));
}
