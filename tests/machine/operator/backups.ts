import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { copyCheckout } from "../../support/checkoutCopy";
import type { HostsStack } from "../../support/hostsStack";
import { expectDone, releases, stateOf } from "./support";

export function describeBackups(stack: HostsStack): void {
  describe("the state of a stack", () => {
    const file = () => path.join(stack.folder, "given.portico-backup");
    const aside = () => path.join(stack.folder, "lost");

    it("is saved in one private file, which holds the passphrase and is never written over", async () => {
      const { output } = expectDone(await stack.run("backup", file()));
      expect(output).toContain("It holds the passphrase");
      expect(statSync(file()).mode & 0o777).toBe(0o600);
      expect((await stack.run("backup", file())).output).toMatch(/which is there; allowed: a new file/);
    });

    it("is not replaced by a restore", async () => {
      const before = stateOf(stack, "passphrase");
      expect(await stack.run("restore", file())).toMatchObject({
        code: 1,
        output: expect.stringContaining("of which there is a state") as string,
      });
      expect(stateOf(stack, "passphrase")).toBe(before);
    });

    it("is not given another passphrase when its own is lost", async () => {
      const passphrase = path.join(stack.stateFolder, "passphrase");
      renameSync(passphrase, aside());
      for (const command of ["up", "down", "rollback", "history"]) {
        expect(await stack.run(command)).toMatchObject({
          code: 1,
          output: expect.stringMatching(/passphrase: got none in .*bin\/restore given FILE/s) as string,
        });
      }
      expect(existsSync(passphrase)).toBe(false);
      renameSync(aside(), passphrase);
    });

    it("comes back in a fresh checkout, where an update changes nothing", async () => {
      const before = releases(stack);
      const fresh = path.join(stack.folder, "fresh");
      mkdirSync(fresh);
      copyCheckout(fresh);
      cpSync(path.join(stack.folder, "app"), path.join(fresh, "app"), { recursive: true });
      cpSync(path.join(stack.folder, "Pulumi.given.yaml"), path.join(fresh, "Pulumi.given.yaml"));
      const refused = await stack.runIn(fresh, "up");
      expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("passphrase: got none") as string });
      expectDone(await stack.runIn(fresh, "restore", file()));
      const { output } = expectDone(await stack.runIn(fresh, "up"));
      expect(output).toMatch(/\d+ unchanged/);
      expect(output).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
      expect(releases(stack)).toEqual(before);
      rmSync(fresh, { recursive: true });
    });
  });
}
