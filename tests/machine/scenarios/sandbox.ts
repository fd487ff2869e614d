import { copyFileSync } from "node:fs";
import path from "node:path";
import { ask } from "../../support/ask";
import { HostileWheel } from "../../support/hostileWheel";
import { clients, type TestStack } from "../../support/testStack";

/** What an act that the sandbox forbids may come to; `no answer` is a packet that is dropped. */
const refusals = /^(EPERM|EACCES|EROFS|ENOENT|EAFNOSUPPORT|ENETUNREACH|EHOSTUNREACH|no answer)$/;

const routes = `
from . import forbidden_acts
app.add_url_rule("/forbidden", "forbidden", forbidden_acts.view)
app.add_url_rule("/fill", "fill", forbidden_acts.fill)
import sys, hostile
app.add_url_rule("/ran", "ran", lambda: {"ran": sys.hostile})
`;

export function describeSandbox(stack: TestStack): void {
  describe("the sandbox of the application", () => {
    const answerOf = async (route: string) =>
      JSON.parse((await ask(stack, route, "--interface", clients.load)).body) as Record<string, unknown>;
    const workers = () =>
      stack.onHost("web-1", "pgrep --full --uid portico 'slots/(blue|green)/' | sort").trim().split("\n");
    const wheel = new HostileWheel();
    const left = () => [...wheel.leftHere(), ...["web-1", "web-2"].flatMap((host) => wheel.leftOn(stack, host))];
    let [restore, restoreLock] = [() => undefined as void, () => undefined as void];

    it("refuses each forbidden act with an error, and the workers that tried live on", async () => {
      copyFileSync("tests/support/forbiddenActs.py", path.join(stack.folder, "app/portico_sample/forbidden_acts.py"));
      restore = stack.appendToApp("portico_sample/__init__.py", routes);
      restoreLock = wheel.plant(stack);
      const preview = await stack.pulumi(["preview"]);
      expect({ code: preview.code, left: wheel.leftHere() }).toEqual({ code: 0, left: [] });
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      const before = workers();
      expect(before.length).toBeGreaterThan(2);
      for (let turn = 0; turn < 8; turn++) {
        const acts = Object.entries(await answerOf("/forbidden"));
        expect(acts.length).toBeGreaterThan(60);
        expect(acts.filter(([, result]) => !refusals.test(String(result)))).toEqual([]);
      }
      expect(workers()).toEqual(before);
      expect((await ask(stack, "/whoami", "--interface", clients.load)).status).toBe(200);
    });

    it("bounds what it writes, and the machine has as much room as before", async () => {
      const room = () =>
        stack.onHost("web-1", "df --output=used -m / /tmp /run /dev/shm | tail -n +2").trim().split(/\s+/).map(Number);
      const before = room();
      const sizes = await answerOf("/fill");
      expect(sizes).toEqual({
        "/tmp": [128, "ENOSPC"],
        "/var/tmp": [128, "ENOSPC"],
        "/dev/shm": [128, "ENOSPC"],
        "/run/portico-app": [4, "ENOSPC"],
      });
      room().forEach((used, index) => expect(Math.abs(used - before[index]!)).toBeLessThan(20));
    });

    it("has no page of memory written anywhere should it crash", () => {
      const words = "awk '/core file/ { print $5, $6 }' limits; cat coredump_filter";
      const said = stack.onHost("web-1", `for pid in ${workers().join(" ")}; do (cd /proc/$pid && ${words}); done`);
      expect(new Set(said.trim().split("\n"))).toEqual(new Set(["0 0", "00000000"]));
    });

    it("cannot fill the disk with what it prints: the journal has a limit that journald knows of", () => {
      const said = stack.onHost("web-1", "journalctl --boot --quiet --unit=systemd-journald.service --output=cat");
      expect(said.match(/^System Journal .*/gm)?.at(-1)).toMatch(/ max 500(\.0)?M,/);
    });

    it("has what a wheel brings run as the application's user and nobody else, here and on the hosts", async () => {
      const user = Number(stack.onHost("web-1", "id -u portico"));
      const { ran } = await answerOf("/ran");
      expect(ran).toEqual(
        expect.arrayContaining([
          ["pth", user, user],
          ["hostile", user, user],
        ]),
      );
      expect((ran as [string, ...number[]][]).filter(([, ...users]) => users.some((each) => each !== user))).toEqual(
        [],
      );
      expect(left()).toEqual([]);
      const owned = "find /opt/portico/environments /opt/portico/releases ! -user root -o ! -type l -perm /7022";
      expect(stack.onHost("web-1", owned)).toBe("");
      // It can leave its marks: as root, and out of the sandbox.
      stack.onHost("web-2", "for each in /opt/portico/slots/*/release/venv/bin/python; do $each -c pass; done");
      expect(wheel.leftOn(stack, "web-2")).toContain("pth-0");
    });

    it("keeps the programs of a wheel in its environment", async () => {
      restoreLock();
      restoreLock = new HostileWheel().plant(stack, "../../../../../etc/cron.daily/hostile");
      const { code, output } = await stack.up();
      expect(code).not.toBe(0);
      expect(output).toMatch(/requirements\.lock: got a failure of pip/);
      expect(output).toMatch(/Read-only file system: '\/\S*etc\/cron\.daily\/hostile'/);
      expect(stack.onHost("web-1", "ls /etc/cron.daily")).not.toContain("hostile");
    });

    it("is left as it was for the next release", async () => {
      restore();
      restoreLock();
      const { code } = await stack.up();
      expect(code).toBe(0);
      expect((await ask(stack, "/forbidden", "--interface", clients.load)).status).toBe(404);
    });
  });
}
