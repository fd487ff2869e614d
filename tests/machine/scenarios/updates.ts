import { lostIn, startLoad } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";

/** As a package's update does: another file takes the place of the one that processes run from. */
const replaceLibraries = `
for name in libssl.so.3 libc.so.6; do
  file=$(readlink -f /usr/lib/x86_64-linux-gnu/$name)
  cp -a "$file" "$file.dpkg-new"
  mv -f "$file.dpkg-new" "$file"
done`;
const askForReboot = "touch /run/reboot-required; echo linux-image-amd64 > /run/reboot-required.pkgs";
const machines = ["web-1", "web-2", "balancer"] as const;

const masterOf = (stack: TestStack, machine: string) =>
  stack.onHost(machine, "systemctl show --property=MainPID --value portico-nginx.service").trim();
const bootOf = (stack: TestStack, machine: string) => stack.onHost(machine, "cat /proc/sys/kernel/random/boot_id");

/** A window of four hours around a time that is so many hours away; answers what takes the setting back. */
function inWindow(stack: TestStack, hoursAway: number): () => void {
  const [from, until] = [-2, 2].map((hours) =>
    new Date(Date.now() + (hoursAway + hours) * 3_600_000).toISOString().slice(11, 16),
  );
  return stack.set("updates", { rebootWindow: `${from}-${until}` });
}

export function describeUpdates(stack: TestStack): void {
  const load = () => startLoad({ ...stack.target("load"), connections: 8, pauseMs: 20, maxSeconds: 600 });

  describe("an update of the hosts' packages", () => {
    it("leaves what runs as it is, which is found, and put right without a lost request", async () => {
      for (const machine of machines) stack.onHost(machine, replaceLibraries);
      const found = await stack.check();
      expect(found.code).toBe(2);
      for (const unit of [
        "web-1: portico-app@",
        "web-1: portico-nginx",
        "balancer: portico-nginx",
        "balancer: portico-watch",
      ])
        expect(found.output).toContain(unit);
      const before = machines.map((machine) => masterOf(stack, machine));
      const running = load();
      const { output } = await stack.check("--heal");
      expect(lostIn(await running.stop())).toEqual([]);
      const last = output.slice(output.lastIndexOf("putting balancer right"));
      expect(last).toContain("services ");
      expect(last).not.toContain("portico-");
      const after = machines.map((machine) => masterOf(stack, machine));
      expect(after.filter((each, index) => each === before[index])).toEqual([]);
    });

    it("that asks for a reboot gets one, host after host without a lost request, but the balancer only when that is said", async () => {
      for (const machine of machines) stack.onHost(machine, askForReboot);
      expect((await stack.check()).output).toContain("web-1: reboot: asked for by linux-image-amd64");
      const before = machines.map((machine) => bootOf(stack, machine));
      const waiting = inWindow(stack, 12);
      expect(await stack.reboot()).toMatchObject({
        code: 3,
        output: expect.stringContaining("web-1, web-2 wait for the window of updates.rebootWindow") as string,
      });
      waiting();
      expect(machines.map((machine) => bootOf(stack, machine))).toEqual(before);
      const anyTime = inWindow(stack, 0);
      const running = load();
      const { code, output } = await stack.reboot();
      anyTime();
      expect(lostIn(await running.stop())).toEqual([]);
      expect({ code, output }).toMatchObject({
        code: 3,
        output: expect.stringMatching(/web-1 is back.*web-2 is back/s) as string,
      });
      const after = machines.map((machine) => bootOf(stack, machine));
      expect(after.map((each, index) => each !== before[index])).toEqual([true, true, false]);
      expect((await stack.history()).output).toMatch(/web-1 +reboot/);
    });

    it("leaves a balancer that boots anew as it was, and nothing for an update to do", async () => {
      const { code, output } = await stack.reboot("--host", "balancer", "--outage");
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect((await stack.check()).output).not.toMatch(/; should be/);
      expect((await stack.up()).output).toMatch(/Resources:\s+\d+ unchanged\n/);
    });
  });
}
