import { run } from "../../support/run";
import type { AwsTests } from "../support/awsTests";

const privateKey = "PRIVATE KEY-----";

export function describeSecrecy(tests: AwsTests): void {
  describe("a planted secret and the private keys", () => {
    it("are in no plain state, diff, log or file of the stack", async () => {
      const stack = tests.staging;
      const state = await stack.state();
      expect(state.length).toBeGreaterThan(10000);
      expect(state).not.toContain(tests.plantedSecret);
      expect(state).not.toContain(privateKey);
      const takeBack = stack.set({ gunicorn: { threads: 5 }, aws: { machines: { instanceType: "t3.medium" } } });
      const { code, output } = await stack.preview();
      takeBack();
      expect(code).toBe(0);
      expect(output).toMatch(/to replace/);
      expect(output).not.toContain(tests.plantedSecret);
      expect(output).not.toContain(privateKey);
      const { stdout } = await run([
        "grep",
        "--recursive",
        "--files-with-matches",
        "--fixed-strings",
        "-e",
        tests.plantedSecret,
        "-e",
        privateKey,
        stack.stateFolder,
        stack.stackFile,
      ]);
      expect(stdout).toBe("");
    });

    it("are not in the user data, but for the key of the first contact, which is good for nothing any more", () => {
      for (const [name, { InstanceId }] of Object.entries(tests.staging.instances())) {
        const { UserData } = tests.standIn.call<{ UserData: { Value: string } }>("ec2", "describe_instance_attribute", {
          InstanceId,
          Attribute: "userData",
        });
        const text = Buffer.from(UserData.Value, "base64").toString();
        expect(text).not.toContain(tests.plantedSecret);
        expect(text.match(/BEGIN [A-Z ]*PRIVATE KEY/g)).toHaveLength(1);
        const offered = tests.staging
          .onMachine(name, "sshd -T | grep -i '^hostkey '; cat /etc/ssh/ssh_host_*_key.pub")
          .trim();
        const boot = /ecdsa-sha2-nistp256 ([A-Za-z0-9+/=]+)/.exec(text)![1]!;
        expect(offered).toContain("ssh-ed25519 ");
        expect(offered).not.toContain(boot);
      }
    });

    it("are in no log of a machine, and would have been found where root keeps them", () => {
      const { plantedSecret, staging } = tests;
      expect(
        staging
          .onMachine(
            "web-1",
            `journalctl --no-pager --output=cat | grep -c -F ${plantedSecret} || true; grep -r -l -F ${plantedSecret} /var/log || true`,
          )
          .trim(),
      ).toBe("0");
      expect(staging.onMachine("web-1", `grep -r -l -F ${plantedSecret} /opt/portico/revisions | head -1`)).toContain(
        "credentials",
      );
    });
  });
}
