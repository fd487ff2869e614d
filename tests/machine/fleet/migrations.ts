import { everything } from "../../support/sample";
import { lostIn } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { allOn, bringUp, changeApp, releases, underLoad, webHosts } from "./support";

function migrationRuns(stack: TestStack): number {
  return webHosts.reduce(
    (sum, host) =>
      sum +
      Number(
        stack.onHost(
          host,
          "journalctl --no-pager --output=cat --unit=portico-app@migration.service | grep -c '^migrated-marker' || true",
        ),
      ),
    0,
  );
}

function migrate(script: string, seconds = 30) {
  return { migration: { command: ["python", "-c", script], seconds } };
}

const broken: readonly [what: string, script: string, seconds: number, evidence: RegExp][] = [
  ["fails", "raise SystemExit('planted fault of the migration')", 30, /planted fault of the migration/],
  ["hangs", "import time; time.sleep(600)", 5, /5 s/],
];

export function describeMigrations(stack: TestStack): void {
  describe("a migration", () => {
    it("runs once for three hosts, with the application's secrets and within its sandbox, and not again at a rollback", async () => {
      const script =
        "import os; assert os.listdir(os.environ['CREDENTIALS_DIRECTORY']); print('migrated-marker', os.environ['PORTICO_RELEASE'])";
      const before = releases(stack)["web-1"]!;
      stack.set("app", migrate(script));
      changeApp(stack, "migrates");
      await bringUp(stack);
      expect(migrationRuns(stack)).toBe(1);
      await stack.rollback();
      expect(releases(stack)).toEqual(allOn(before));
      expect(migrationRuns(stack)).toBe(1);
      await bringUp(stack);
      expect(migrationRuns(stack)).toBe(1);
    });

    if (everything)
      it.each(broken)("that %s leaves the old release serving everywhere", async (_what, script, seconds, evidence) => {
        const before = releases(stack);
        const restore = stack.set("app", migrate(script, seconds));
        const restoreApp = changeApp(stack, `migration ${seconds}`);
        const { result, report } = await underLoad(stack, () => stack.up());
        restore();
        restoreApp();
        expect(result.code).not.toBe(0);
        expect(result.output).toMatch(evidence);
        expect(result.output).toContain("web-1-migrate");
        expect(releases(stack)).toEqual(before);
        expect(lostIn(report)).toEqual([]);
      });
  });
}
