import { clients, type TestStack } from "../../support/testStack";
import { serviceStarts } from "./firstUp";

export function describeSettingsChange(stack: TestStack): void {
  describe("a changed Nginx setting", () => {
    it("shows its lines in the preview and is reloaded, without a restart", async () => {
      stack.set("nginx", { clientMaxBodyMegabytes: 12 });
      const preview = await stack.pulumi(["preview", "--diff", "--non-interactive"]);
      expect(preview.code).toBe(0);
      expect(preview.output).toMatch(/\/etc\/portico\/nginx\/[\w.-]+/);
      expect(preview.output).toMatch(/-.*client_max_body_size\s+10m;/);
      expect(preview.output).toMatch(/\+.*client_max_body_size\s+12m;/);
      const before = serviceStarts(stack);
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(serviceStarts(stack)).toBe(before);
      expect(stack.onHost("web-1", "cat /etc/portico/nginx/nginx.conf /etc/portico/nginx/sites/web.conf")).toMatch(
        /client_max_body_size\s+12m;/,
      );
    });

    it("that Nginx refuses fails before a live file is touched", async () => {
      const files = () => stack.onHost("web-1", "cd /etc/portico && find . -type f -exec sha256sum {} + | sort");
      const before = { files: files(), starts: serviceStarts(stack) };
      stack.set("nginx", {
        rateLimits: { general: { requestsPerSecond: 10, burst: 20 }, exempt: [`${clients.load}/32`, "10.999.0.1"] },
      });
      const { code, output } = await stack.up();
      stack.set("nginx", {
        rateLimits: {
          general: { requestsPerSecond: 10, burst: 20 },
          login: { paths: ["/login"] },
          exempt: [`${clients.load}/32`],
        },
      });
      expect(code).not.toBe(0);
      expect(output).toMatch(/10\.999\.0\.1/);
      expect({ files: files(), starts: serviceStarts(stack) }).toEqual(before);
    });
  });
}
