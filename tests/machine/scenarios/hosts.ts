import { lostIn, startLoad } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";

function liveSlot(stack: TestStack, machine: string): string {
  return stack
    .onHost(machine, "systemctl list-units --state=active --plain --no-legend 'portico-app@*.service' | cut -d' ' -f1")
    .trim();
}

function workers(stack: TestStack, machine: string): string[] {
  const master = stack.onHost(machine, `systemctl show --value --property=MainPID ${liveSlot(stack, machine)}`).trim();
  return stack.onHost(machine, `pgrep -P ${master}`).trim().split("\n");
}

export function describeHosts(stack: TestStack): void {
  describe("an application host", () => {
    it("runs two workers for each processor and one more, from a preloaded application", () => {
      const processors = Number(stack.onHost("web-1", "nproc"));
      expect(workers(stack, "web-1")).toHaveLength(2 * processors + 1);
      const configuration = stack.onHost("web-1", `cat /opt/portico/slots/*/gunicorn.conf.py`);
      expect(configuration).toMatch(/^preload_app = True$/m);
      expect(configuration).toMatch(/^max_requests = 1000$/m);
      expect(configuration).toMatch(/^max_requests_jitter = 200$/m);
    });

    it("recycles its workers under load and loses no request", async () => {
      const before = workers(stack, "web-1");
      const report = await startLoad({ ...stack.target("load"), connections: 16, maxRequests: 16000, maxSeconds: 180 })
        .ended;
      expect(lostIn(report)).toEqual([]);
      const after = workers(stack, "web-1");
      expect(after).toHaveLength(before.length);
      expect(after.filter((pid) => !before.includes(pid)).length).toBeGreaterThan(0);
    });

    it.each(["web-1", "balancer"])("keeps exposure at most 1.5 on %s", (machine) => {
      const units =
        machine === "web-1" ? [liveSlot(stack, machine), "portico-nginx.service"] : ["portico-nginx.service"];
      for (const unit of units) {
        const score = /Overall exposure level for \S+: ([\d.]+)/.exec(
          stack.onHost(machine, `systemd-analyze security --no-pager ${unit}`),
        )?.[1];
        expect({ unit, score: Number(score) <= 1.5 }).toEqual({ unit, score: true });
      }
    });

    it("keeps the application from writing outside its own folders and from gaining privileges", () => {
      const pid = workers(stack, "web-1")[0];
      const inside = (script: string) =>
        stack.onHost(
          "web-1",
          `nsenter -t ${pid} --mount --setuid $(id -u portico) --setgid $(id -g portico) -- sh -c '${script}' 2>&1 || true`,
        );
      expect(inside("touch /opt/portico/x")).toContain("Read-only file system");
      expect(inside("touch /var/lib/portico/x")).toMatch(/Read-only file system|Permission denied/);
      expect(stack.onHost("web-1", `grep -E "^(NoNewPrivs|Seccomp):" /proc/${pid}/status`)).toBe(
        "NoNewPrivs:\t1\nSeccomp:\t2\n",
      );
      expect(stack.onHost("web-1", `grep -E "^Cap(Eff|Bnd)" /proc/${pid}/status`)).toMatch(
        /CapEff:\s0{16}\nCapBnd:\s0{16}/,
      );
    });
  });
}
