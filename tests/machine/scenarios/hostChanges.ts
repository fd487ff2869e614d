import { lostIn } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { underLoad } from "../fleet/support";

const allWell = ["balancer", "web-1", "web-2"].map((host) => `portico: ${host}: as it should be\n`).join("");
const modestLoad = { connections: 8, pauseMs: 20, minutes: 4 };
const foreign = "/etc/systemd/system/portico-nginx.service.d/99-mine.conf";

/** What an operator in a hurry, or somebody else, does by hand. */
const damages: Record<string, string> = {
  "web-1": [
    "chmod 644 /etc/portico/tls/server.key",
    "echo '# edited' >>/etc/portico/nginx/tls.conf",
    "rm /etc/logrotate.d/portico",
    `printf '[Service]\\nNice=5\\n' >${foreign}`,
    "chmod 777 /etc/portico/nginx/sites",
    "systemctl stop portico-lease.timer",
    "systemctl disable -q portico-nginx.service",
  ].join(" && "),
  "web-2": [
    "slot=$(sed -n 's/^Service=portico-app@\\(.*\\)\\.service$/\\1/p' /etc/systemd/system/portico-app.socket.d/50-live-slot.conf)",
    'echo EVIL=1 >>"/opt/portico/slots/$slot/environment"',
    "sysctl -qw net.core.somaxconn=128",
    "systemctl unmask -q nginx.service",
    "nft insert rule inet portico input tcp dport 9999 accept",
    "rm /etc/ssh/sshd_config.d/10-portico.conf",
  ].join(" && "),
  // Nothing that reloads the balancer's Nginx: version 1.26 may close a kept connection right then, whoever asks for the reload.
  balancer: "chmod 644 /etc/portico/tls/site.key && rm /etc/portico/nginx/pages/404.html",
};

const expected = [
  /^portico: balancer: \/etc\/portico\/tls\/site\.key: mode 0644; should be mode 0640$/m,
  /^portico: balancer: \/etc\/portico\/nginx\/pages\/404\.html: missing; should be a file with mode 0644$/m,
  /^portico: web-1: \/etc\/portico\/tls\/server\.key: mode 0644; should be mode 0640$/m,
  /^portico: web-1: \/etc\/portico\/nginx\/tls\.conf: content [0-9a-f]{12}; should be content [0-9a-f]{12}$/m,
  /^portico: web-1: \/etc\/logrotate\.d\/portico: missing; should be a file with mode 0644$/m,
  /^portico: web-1: \/etc\/systemd\/system\/portico-nginx\.service\.d\/99-mine\.conf: a unit or drop-in that is not the stack's; should be no such file; meant to stay: /m,
  /^portico: web-1: \/etc\/portico\/nginx\/sites: mode 0777; should be mode 0755$/m,
  /^portico: web-1: portico-lease\.timer: inactive; should be active$/m,
  /^portico: web-1: portico-nginx\.service: disabled at boot; should be enabled at boot$/m,
  /^portico: web-2: \/opt\/portico\/revisions\/[0-9a-f]{12}\/environment: content [0-9a-f]{12}; should be content [0-9a-f]{12}$/m,
  /^portico: web-2: kernel setting net\.core\.somaxconn: 128; should be 4096$/m,
  /^portico: web-2: rules of the firewall: others than were deployed; should be those of \/etc\/portico\/firewall\.nft$/m,
  /^portico: web-2: nginx\.service: disabled; should be masked, as a unit of ours takes its place$/m,
  /^portico: web-2: \/etc\/ssh\/sshd_config\.d\/10-portico\.conf: missing; should be a file with mode 0644$/m,
];

export function describeHostChanges(stack: TestStack): void {
  const damage = () => Object.entries(damages).forEach(([host, script]) => stack.onHost(host, script));

  describe("changes on hosts that nobody made here", () => {
    it("are none after an up", async () => {
      expect(await stack.check()).toMatchObject({ code: 0, stdout: allWell });
    });

    it("are found with file, what is and what should be, and change nothing by being looked at", async () => {
      damage();
      const { code, stdout } = await stack.check();
      expect(code).toBe(2);
      for (const line of expected) expect(stdout).toMatch(line);
      expect(stdout.trimEnd().split("\n")).toHaveLength(expected.length);
      expect(await stack.check()).toMatchObject({ code, stdout });
    });

    it("are put right by the next up, for which the engine plans nothing else, without a lost request", async () => {
      const { result, report } = await underLoad(stack, () => stack.up(), modestLoad);
      expect({ code: result.code, output: result.code === 0 ? "" : result.output }).toEqual({ code: 0, output: "" });
      expect(result.output).toContain(
        "portico: changed on hosts since the last update; this update puts right what it can\n",
      );
      expect(result.output).toMatch(/^ {2}web-1: \/etc\/portico\/tls\/server\.key: mode 0644; should be mode 0640$/m);
      expect(lostIn(report)).toEqual([]);
      expect(
        stack.onHost(
          "web-1",
          "stat -c '%a %U:%G' /etc/portico/tls/server.key; tail -1 /etc/portico/nginx/tls.conf; systemctl is-active portico-lease.timer",
        ),
      ).toMatch(/^640 root:www-data\n(?!# edited).*\nactive\n$/);
      process.stdout.write(
        `healing by an update under load: ${report.attempts} requests, none lost, slowest ${report.slowestMs} ms\n`,
      );
    });

    it("of others stay and are told, until they are gone or say that they are meant to stay", async () => {
      const { code, stdout } = await stack.check();
      expect(code).toBe(2);
      expect(stdout).toContain(`portico: web-1: ${foreign}: a unit or drop-in that is not the stack's`);
      expect(stdout.trimEnd().split("\n")).toHaveLength(3);
      stack.onHost("web-1", `mv ${foreign} ${foreign.replace("mine", "local")} && systemctl daemon-reload`);
      expect(await stack.check()).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(
          `portico: web-1: ${foreign.replace("mine", "local")}: a drop-in of yours, which stays\n`,
        ),
      });
      stack.onHost("web-1", `rm ${foreign.replace("mine", "local")} && systemctl daemon-reload`);
      expect(await stack.check()).toMatchObject({ code: 0, stdout: allWell });
    });

    it("are put right by the check itself as well, without the engine and without a lost request", async () => {
      damage();
      stack.onHost("web-1", `rm ${foreign}`);
      const { result, report } = await underLoad(stack, () => stack.check("--heal"), modestLoad);
      expect({
        code: result.code,
        healed: result.stdout.endsWith(
          "web-1: as it should be\nportico: web-2: as it should be\nportico: balancer: as it should be\n",
        ),
      }).toEqual({ code: 0, healed: true });
      expect(lostIn(report)).toEqual([]);
      expect(await stack.check()).toMatchObject({ code: 0, stdout: allWell });
      expect((await stack.history()).stdout).toMatch(/web-1 +heal .* confirmed +\d+ differences, the first: /);
      expect((await stack.pulumi(["preview", "--expect-no-changes", "--non-interactive"])).code).toBe(0);
    });

    it("cannot be told of a host that does not answer, which is named", async () => {
      stack.onHost("web-2", "systemctl stop ssh.service");
      const checked = await stack.check();
      stack.onHost("web-2", "systemctl start ssh.service");
      expect(checked.code).toBe(1);
      expect(checked.stdout).toMatch(/^portico: web-1: as it should be$/m);
      expect(checked.stdout).toMatch(/^portico: web-2: could not be checked: .*Connection refused$/m);
      expect(await stack.check("--json")).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^\{"hosts":\[\{"host":"balancer",.*"differences":\[\]/),
      });
    });
  });
}
