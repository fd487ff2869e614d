import { balancerFiles } from "../../lib/hostFiles/balancer";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import { platformIds } from "../../lib/hosts/platforms";
import { combinedHostFiles } from "../../lib/hostFiles/combinedHost";
import { webFiles } from "../../lib/hostFiles/webHost";
import { baselinePlan, baselineSettings, contentOf, serverListFiles } from "../support/baseline";
import { settingVariants as variants } from "../support/renderedVariants";
import { TestAuthority } from "../support/certificates";
import { describeNginxOf } from "../support/systems";
import { TestHost } from "../support/testHost";

const authority = new TestAuthority();
afterAll(() => authority.remove());
const tls = [
  ...authority.filesFor(["web.portico.internal"], "server"),
  ...authority.filesFor(["portico.internal"], "site"),
  authority.clientFile(),
];

/** `nginx -t` in the words of the unit, but not quietly. */
async function check(base: string, files: readonly HostFile[]) {
  const host = await TestHost.lay(base, [...files, ...serverListFiles(files), ...tls]);
  const command = /^ExecStartPre=(.+)$/m.exec(contentOf(files, "/etc/systemd/system/portico-nginx.service"))![1]!;
  try {
    return await host.run(["sh", "-c", command.replace(" -q ", " ")]);
  } finally {
    await host.stop();
  }
}

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "nginx -t", (base) => {
    test.each(variants)("takes an application host with %s, without a warning", async (_, overrides) => {
      const answer = await check(base(), webFiles(baselineSettings(overrides), baselinePlan(id)));
      expect(answer).toMatchObject({ status: 0 });
      expect(answer.stderr).not.toMatch(/warn|emerg|error/);
    });

    test.each(variants.slice(0, 6))("takes a balancer with %s, without a warning", async (_, overrides) => {
      const answer = await check(base(), balancerFiles(baselineSettings(overrides), baselinePlan(id)));
      expect(answer).toMatchObject({ status: 0 });
      expect(answer.stderr).not.toMatch(/warn|emerg|error/);
    });

    test.each(variants.slice(0, 5))("takes a host that is both with %s, without a warning", async (_, overrides) => {
      const answer = await check(base(), combinedHostFiles(baselineSettings(overrides), baselinePlan(id)));
      expect(answer).toMatchObject({ status: 0 });
      expect(answer.stderr).not.toMatch(/warn|emerg|error/);
    });

    test("takes a host that faces the internet itself, without a balancer to believe", async () => {
      const answer = await check(base(), webFiles(baselineSettings(), { ...baselinePlan(id), balancerAddresses: [] }));
      expect(answer).toMatchObject({ status: 0 });
    });

    test("refuses files that were rendered for another platform or are damaged", async () => {
      const files = webFiles(baselineSettings(), baselinePlan("debian-13"));
      const damaged = files.map((file) =>
        file.path.endsWith("/web/upstream.conf")
          ? { ...file, content: file.content.replace("upstream new_app {", "upstream new_application {") }
          : file,
      );
      const answer = await check(base(), damaged);
      expect(answer.status).toBe(1);
      expect(answer.stderr).toMatch(
        /unknown directive "http2"|invalid option: "e"|host not found in upstream "new_app"/,
      );
    });
  });
});
