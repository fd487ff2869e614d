import { type Load, lostIn, type SlowAnswer, slowRequest, startLoad } from "../../support/strictClient";
import type { HostsStack } from "../../support/hostsStack";
import type { Run } from "../../support/run";

export function describeGivenReleases(stack: HostsStack): void {
  const releases = () =>
    stack.hosts.map(
      ({ name }) =>
        (JSON.parse(stack.machines.onMachine(name, "portico-host status")) as { current: { release: string } }).current
          .release,
    );

  describe("a release on given hosts", () => {
    it("loses no request, though the balancer stands on one of the hosts, and lets one of 12 seconds finish", async () => {
      const before = releases();
      stack.appendToApp("portico_sample/__init__.py", "\nREVISION = 2\n");
      let slow: Promise<SlowAnswer> | undefined;
      const onOutput = (output: string) => {
        if (output.includes("north-activate")) slow ??= slowRequest(stack.target("load"), 12);
      };
      await underLoad(stack, () => stack.up({ onOutput }));
      expect(await slow).toMatchObject({ release: before[0] });
      expect(releases()).not.toEqual(before);
      expect(new Set(releases()).size).toBe(1);
    });

    it("is rolled back on both without a lost request, and is in their history", async () => {
      const bad = releases();
      await underLoad(stack, () => stack.rollback());
      expect(releases().filter((release) => bad.includes(release))).toEqual([]);
      const { code, stdout } = await stack.history();
      expect(code).toBe(0);
      for (const { name } of stack.hosts) expect(stdout).toMatch(new RegExp(`${name} +rollback +${releases()[0]!}`));
    });

    it("follows a change of settings: Nginx reads it on both and is restarted on none", async () => {
      const starts = () =>
        stack.hosts.map(({ name }) =>
          stack.machines.onMachine(
            name,
            "systemctl show --property=ActiveEnterTimestampMonotonic,MainPID portico-nginx.service",
          ),
        );
      const before = starts();
      stack.set("nginx", { clientMaxBodyMegabytes: 12 });
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(starts()).toEqual(before);
      for (const { name } of stack.hosts)
        expect(stack.machines.onMachine(name, "cat /etc/portico/nginx/nginx.conf")).toMatch(
          /client_max_body_size 12m;/,
        );
    });
  });
}

async function underLoad(stack: HostsStack, act: () => Promise<Run>): Promise<void> {
  const load: Load = startLoad({ ...stack.target("load"), connections: 16, maxSeconds: 300 });
  const { code, output } = await act();
  const report = await load.stop();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  expect(lostIn(report)).toEqual([]);
  process.stdout.write(
    `under load: ${report.attempts} requests, median ${report.medianMs} ms, p99 ${report.p99Ms} ms, slowest ${report.slowestMs} ms\n`,
  );
}
