import { removalCommands } from "../../../lib/targets/hosts/removal";
import { ask } from "../../support/ask";
import { clients, type HostsStack } from "../../support/hostsStack";

export function describeGivenLeaving(stack: HostsStack): void {
  describe("destroy of given hosts", () => {
    it("leaves them serving, and names what stays and how to remove it", async () => {
      const { code, output } = await stack.down();
      expect(code).toBe(0);
      for (const { name, address } of stack.hosts) expect(output).toMatch(new RegExp(`${name} +admin@${address}\n`));
      for (const command of removalCommands) expect(output).toContain(command);
      const hosts = new Set<string>();
      for (let turn = 0; turn < 4; turn += 1)
        hosts.add(
          (JSON.parse((await ask(stack, "/whoami", "--interface", clients.load)).body) as { host: string }).host,
        );
      expect([...hosts].sort()).toEqual(stack.hosts.map(({ name }) => name).sort());
    });

    it("the commands that it names leave nothing of Portico on a host, and its sshd running", () => {
      stack.machines.onMachine("south", removalCommands.join("\n"));
      const left =
        "find / -xdev -iname '*portico*' ! -path '/proc/*' ! -path '/home/admin/portico' ! -path '/etc/sudoers.d/*' 2>/dev/null; getent passwd portico || true; systemctl list-units --all --plain --no-legend 'portico*'";
      expect(stack.machines.onMachine("south", left)).toBe("");
      expect(stack.machines.onMachine("south", "systemctl is-active ssh.service").trim()).toBe("active");
    });
  });
}
