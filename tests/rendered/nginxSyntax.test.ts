import { edgeFiles } from "../../lib/edgeFiles";
import type { HostFile } from "../../lib/hostFile";
import { platformIds } from "../../lib/platforms";
import { standaloneFiles } from "../../lib/standaloneFiles";
import { webFiles } from "../../lib/webFiles";
import { baselinePlan, baselineSettings, contentOf } from "../support/baseline";
import { TestAuthority } from "../support/certificates";
import { describeNginxOf } from "../support/systems";
import { TestHost } from "../support/testHost";

jest.setTimeout(60_000);

const authority = new TestAuthority();
afterAll(() => authority.remove());
const tls = [...authority.filesFor(["web.portico.internal"], "server"), ...authority.filesFor(["portico.internal"], "site")];

/** `nginx -t` in the words of the unit, but not quietly. */
async function judge(base: string, files: readonly HostFile[]) {
  const host = await TestHost.lay(base, [...files, ...tls]);
  const command = /^ExecStartPre=(.+)$/m.exec(contentOf(files, "/etc/systemd/system/portico-nginx.service"))![1]!;
  try {
    return await host.run(["sh", "-c", command.replace(" -q ", " ")]);
  } finally {
    await host.stop();
  }
}

const variants: [string, Record<string, unknown>][] = [
  ["the baseline", {}],
  ["no static files, no streams, no login", { app: { staticFolder: null, streamPaths: [] }, nginx: { rateLimits: { login: { paths: [] } } } }],
  ["several streams and logins", { app: { streamPaths: ["/events", "/a.b/live/"] }, nginx: { rateLimits: { login: { paths: ["/login", "/api/token/"] } } } }],
  ["no burst, dry run, exempt networks", { nginx: { rateLimits: { dryRun: true, general: { burst: 0 }, login: { burst: 0 }, exempt: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"] } } }],
  ["no HSTS, no COEP", { nginx: { headers: { hstsSeconds: 0, crossOriginEmbedderPolicy: false } } }],
];

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "nginx -t", (base) => {
    test.each(variants)("takes an application host with %s, without a warning", async (_, overrides) => {
      const answer = await judge(base(), webFiles(baselineSettings(overrides), baselinePlan(id)));
      expect(answer).toMatchObject({ status: 0 });
      expect(answer.stderr).not.toMatch(/warn|emerg|error/);
    });

    test.each(variants.slice(0, 3))("takes a balancer with %s, without a warning", async (_, overrides) => {
      const answer = await judge(base(), edgeFiles(baselineSettings(overrides), baselinePlan(id)));
      expect(answer).toMatchObject({ status: 0 });
      expect(answer.stderr).not.toMatch(/warn|emerg|error/);
    });

    test.each(variants.slice(0, 3))("takes a host that is both with %s, without a warning", async (_, overrides) => {
      const answer = await judge(base(), standaloneFiles(baselineSettings(overrides), baselinePlan(id)));
      expect(answer).toMatchObject({ status: 0 });
      expect(answer.stderr).not.toMatch(/warn|emerg|error/);
    });

    test("takes a host that faces the internet itself, without a balancer to believe", async () => {
      const answer = await judge(base(), webFiles(baselineSettings(), { ...baselinePlan(id), balancerAddresses: [] }));
      expect(answer).toMatchObject({ status: 0 });
    });

    test("refuses files that were rendered for another platform or are damaged", async () => {
      const files = webFiles(baselineSettings(), baselinePlan("debian-13"));
      const damaged = files.map((file) => (file.path.endsWith("/sites/web.conf") ? { ...file, content: file.content.replace("upstream app {", "upstream application {") } : file));
      const answer = await judge(base(), damaged);
      expect(answer.status).toBe(1);
      expect(answer.stderr).toMatch(/unknown directive "http2"|invalid option: "e"|host not found in upstream "app"/);
    });
  });
});
