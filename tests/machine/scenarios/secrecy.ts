import { readFileSync } from "node:fs";
import { run } from "../../support/run";
import type { TestStack } from "../../support/testStack";

export function describeSecrecy(stack: TestStack, plantedSecret: string): void {
  describe("a planted secret", () => {
    it("reaches the application as a credential that only it can read", () => {
      const unit = "$(systemctl list-units --state=active --plain --no-legend 'portico-app@*.service' | cut -d' ' -f1)";
      const folder = `/run/credentials/${unit}`;
      expect(stack.onHost("web-1", `cat ${folder}/app_plantedSecret`).trim()).toBe(plantedSecret);
      expect(stack.onHost("web-1", `runuser -u nobody -- cat ${folder}/app_plantedSecret 2>&1 || true`)).toContain(
        "Permission denied",
      );
    });

    it("is in no plain state, stack file, log or console", async () => {
      const state = await stack.pulumi(["stack", "export"]);
      expect(state.code).toBe(0);
      expect(state.stdout.length).toBeGreaterThan(10000);
      expect(state.stdout).not.toContain(plantedSecret);
      expect(state.stdout).not.toContain("PRIVATE KEY");
      expect(readFileSync(stack.stackFile, "utf8")).not.toContain(plantedSecret);
      const local = await run(
        [
          "grep",
          "--recursive",
          "--files-with-matches",
          "--fixed-strings",
          plantedSecret,
          ".portico",
          "--exclude-dir=root",
        ],
        { cwd: stack.folder },
      );
      expect(local.stdout).toBe("");
    });

    it("has company: no private key lies in a plain file of the deployer", async () => {
      const { stdout } = await run(
        ["grep", "--recursive", "--files-with-matches", "BEGIN [A-Z ]*PRIVATE KEY", ".portico", "--exclude-dir=root"],
        { cwd: stack.folder },
      );
      expect(stdout).toBe("");
    });

    it.each(["web-1", "web-2", "balancer"])("is in no log and no world-readable file of %s", (machine) => {
      const logs = stack.onHost(
        machine,
        `journalctl --no-pager --output=cat | grep -c -F ${plantedSecret} || true; grep -r -l -F ${plantedSecret} /var/log || true`,
      );
      expect(logs.trim()).toBe("0");
      const readable = stack.onHost(
        machine,
        `find / -xdev -type f -perm -004 -size -5M -exec grep -l -F ${plantedSecret} {} + || true`,
      );
      expect(readable).toBe("");
      const asNobody = stack.onHost(
        machine,
        `runuser -u nobody -- grep -r -l -s -F ${plantedSecret} /etc /opt /run /tmp /var /home || true`,
      );
      expect(asNobody).toBe("");
    });

    it("would have been found: the search sees it where root keeps it", () => {
      expect(stack.onHost("web-1", `grep -r -l -F ${plantedSecret} /opt/portico/revisions | head -1`)).toContain(
        "credentials",
      );
    });

    it("stays with what serves alone when bin/forget was called, and nobody goes back", async () => {
      const kept = () =>
        ["web-1", "web-2"].map((host) =>
          stack.onHost(host, `grep -r -l -F ${plantedSecret} /opt/portico/revisions | wc -l`).trim(),
        );
      kept().forEach((count) => expect(Number(count)).toBeGreaterThan(1));
      expect(await stack.forget()).toMatchObject({ code: 0 });
      expect(kept()).toEqual(["1", "1"]);
      expect(await stack.rollback()).toMatchObject({ code: 1, output: expect.stringMatching(/go back to/) as string });
    });
  });
}
