import { processWatch } from "../../support/processWatch";
import type { TestStack } from "../../support/testStack";

/** Start times of everything that serves: a restart of any shows as another line. */
export function serviceStarts(stack: TestStack): string {
  const units = "portico-nginx.service 'portico-app@*.service' portico-app.socket ssh.service";
  const show = `systemctl show --property=Id,ActiveState,ActiveEnterTimestampMonotonic,MainPID ${units}`;
  return ["web-1", "web-2", "balancer"].map((machine) => `${machine}\n${stack.onHost(machine, show)}`).join("\n");
}

export function describeFirstUp(stack: TestStack, plantedSecret: string): void {
  describe("the first up", () => {
    it("ends with the address, the curl line, the release, the hosts and the times, and never shows a secret to other processes", async () => {
      const watch = processWatch(plantedSecret);
      const { code, output } = await stack.up();
      const seen = watch.stop();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(seen).toEqual([]);
      expect(output).toContain(`  ${stack.url}\n`);
      expect(output).toMatch(
        /curl --cacert \S+ca\.crt --resolve portico\.internal:443:[\d.]+\.10 https:\/\/portico\.internal\/\n/,
      );
      expect(output).toMatch(
        /GET https:\/\/portico\.internal\/readyz +200 in \d\.\d+ s\n +GET https:\/\/portico\.internal\/ +200 in/,
      );
      expect(output).toMatch(/release {3}[0-9a-f]{12}\n/);
      for (const line of [
        /web-1 +web +[\d.]+\.11/,
        /web-2 +web +[\d.]+\.12/,
        /balancer +balancer +[\d.]+\.10/,
        /stage +\d+\.\d s/,
        /update in all +\d+\.\d s/,
      ]) {
        expect(output).toMatch(line);
      }
      expect(output).not.toContain(plantedSecret);
      stack.addClients();
    });

    it("changes nothing and restarts nothing when run again", async () => {
      const before = serviceStarts(stack);
      const { code, output } = await stack.up();
      expect(code).toBe(0);
      expect(output).toMatch(/Resources:\s+\d+ unchanged\n/);
      expect(serviceStarts(stack)).toBe(before);
    });

    it("works the same by hand: a preview expects no change, and the stack file stays as it was", async () => {
      const { code, output } = await stack.pulumi(["preview", "--expect-no-changes", "--non-interactive"]);
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      const outputs = JSON.parse((await stack.pulumi(["stack", "output", "--json"])).stdout) as Record<string, unknown>;
      expect(Object.keys(outputs).sort()).toEqual([
        "authorityGeneration",
        "caCertificate",
        "history",
        "hosts",
        "place",
        "release",
        "url",
      ]);
    });
  });
}
