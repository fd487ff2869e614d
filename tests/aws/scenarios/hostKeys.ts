import type { AwsTests } from "../support/awsTests";

const key = "/etc/ssh/ssh_host_ed25519_key";
/** Logins that sshd saw since the mark, in any state. */
const logins =
  "journalctl --unit=ssh --output=cat --no-pager --cursor-file=/run/mark | grep -c -E 'Accepted|Failed|Postponed' || true";

export function describeHostKeys(tests: AwsTests): void {
  describe("a machine with another host key", () => {
    it("is refused before authentication, and the stack mends itself when the key is right again", async () => {
      const { staging } = tests;
      staging.onMachine(
        "web-2",
        `cp -p ${key} /root/kept && rm ${key} && ssh-keygen -q -t ed25519 -N '' -f ${key} && systemctl reload ssh && journalctl --unit=ssh --cursor-file=/run/mark --quiet >/dev/null`,
      );
      const takeBack = staging.set({ gunicorn: { threads: 6 } });
      const { code, output } = await staging.pulumi(["up", "--yes", "--skip-preview", "--non-interactive"]);
      const seen = staging.onMachine("web-2", logins);
      staging.onMachine("web-2", `mv /root/kept ${key} && ssh-keygen -y -f ${key} >${key}.pub && systemctl reload ssh`);
      takeBack();
      expect(code).not.toBe(0);
      expect(output).toMatch(/host key mismatch|knownhosts|host key/i);
      expect(seen.trim()).toBe("0");
      expect(staging.targetStates()).toEqual({ "web-1": "healthy", "web-2": "healthy" });
      await tests.succeed(staging, "up after a refused host key", staging.up());
    });
  });
}
