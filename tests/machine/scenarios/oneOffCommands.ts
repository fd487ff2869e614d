import { until } from "../../support/until";
import { run } from "../../support/run";
import type { TestStack } from "../../support/testStack";

/** What systemd says of a unit beside its sandbox: which one it is, how it is started and ended, and what became of it. */
const besideTheSandbox = [
  /Timestamp|TimestampMonotonic$/,
  /^(Id|Names|Description|Documentation|FragmentPath|DropInPaths|Transient|UnitFileState|InvocationID|Refs)$/,
  /^(ControlGroup|ControlGroupId|Slice|After|Before|Requires|RequiresMountsFor|TriggeredBy|Wants|WantedBy)$/,
  /^(Type|ExecStart|ExecStartEx|NotifyAccess|KillMode|OOMPolicy|CollectMode|StatusText|StartLimitIntervalUSec)$/,
  /^(Restart|RestartUSec\w*|Timeout\w+USec|CPUUsageNSec|MainPID|ExecMainPID)$/,
  // They name the slot, or its revision.
  /^(Environment|EnvironmentFiles|WorkingDirectory|LoadCredential)$/,
];

export function describeOneOffCommands(stack: TestStack, plantedSecret: string): void {
  describe("a command of an operator", () => {
    const runWith = (words: string[], options = {}) => stack.run(["--host", "web-1", "--", ...words], options);
    const python = (...lines: string[]) => ["python", "-c", lines.join("\n")];

    it("has the secrets and the programs of the release that serves, our input, and its own exit code", async () => {
      const given = 'it\'s "given"';
      const { code, stdout } = await runWith(
        python(
          "import os, sys, portico_sample, gunicorn",
          "print(os.getuid() == 0, os.getcwd(), sys.prefix)",
          "print(open(os.environ['CREDENTIALS_DIRECTORY'] + '/app_plantedSecret').read())",
          "print(sys.stdin.read())",
          "sys.exit(7)",
        ),
        { input: given },
      );
      const lines = stdout.trim().split("\n");
      expect(lines[0]).toMatch(
        /^False \/opt\/portico\/releases\/\w+\/app \/opt\/portico\/revisions\/\w+\/release\/venv$/,
      );
      expect(lines.slice(1)).toEqual([plantedSecret, given]);
      expect(code).toBe(7);
    });

    it("has the sandbox of the release that serves, in all that systemd says of it, and leaves nothing", async () => {
      const units = "systemctl list-units --all --plain --no-legend 'portico-run-*' | cut -d' ' -f1";
      const shown = (unit: string) =>
        stack
          .onHost("web-1", `systemctl show --all ${unit}`)
          .split("\n")
          .filter((line) => line !== "" && !besideTheSandbox.some((names) => names.test(line.split("=")[0]!)))
          .sort();
      const going = runWith(["sleep", "20"]);
      await until(
        () => stack.onHost("web-1", units).trim() !== "",
        () => units,
      );
      const found = shown(stack.onHost("web-1", units).trim());
      const live = /portico-app@\w+\.service/.exec(stack.onHost("web-1", "systemctl show portico-app.socket"))![0];
      expect(found.length).toBeGreaterThan(80);
      expect(found).toEqual(shown(live));
      expect((await going).code).toBe(0);
      expect(stack.onHost("web-1", units)).toBe("");
    });

    it("has a terminal where we have one", async () => {
      const line =
        "bin/run test --host web-1 -- python -c 'import sys; print(sys.stdin.isatty(), sys.stdout.isatty())'";
      const { code, stdout } = await run(["script", "-qec", line, "/dev/null"], { cwd: stack.folder });
      expect({ code, terminal: stdout.includes("True True") }).toEqual({ code: 0, terminal: true });
    });

    it("that is not there is said so, and one for a host without the application is refused", async () => {
      expect((await runWith(["no-such-program"])).code).toBe(127);
      const { code, output } = await stack.run(["--host", "balancer", "--", "true"]);
      expect(code).toBe(1);
      expect(output).toContain("--host: got balancer; allowed: web-1, web-2; name an application host");
    });
  });
}
