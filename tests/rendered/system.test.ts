import { platformIds } from "../../lib/platforms";
import { webFiles } from "../../lib/webFiles";
import { baselinePlan, baselineSettings } from "../support/baseline";
import { describeOn } from "../support/systems";
import { TestHost } from "../support/testHost";

jest.setTimeout(60_000);

const sysctlFile = "/etc/sysctl.d/60-portico.conf";

describe.each(platformIds)("%s", (id) => {
  describeOn(id, "sshd, the kernel, logrotate", (base) => {
    let host: TestHost;
    beforeAll(async () => {
      const files = webFiles(baselineSettings(), baselinePlan(id));
      const image = { path: "/etc/ssh/sshd_config.d/50-cloud-init.conf", content: "PasswordAuthentication yes\n", mode: "0644", owner: "root", group: "root", effect: "none" } as const;
      const systemctl = { path: "/usr/local/sbin/systemctl", content: '#!/bin/sh\necho "$*" > /tmp/systemctl\n', mode: "0755", owner: "root", group: "root", effect: "none" } as const;
      host = await TestHost.lay(base(), [...files, image, systemctl]);
      await host.run(["ssh-keygen", "-A"]);
    });
    afterAll(() => host?.stop());

    test("sshd takes the file, and it wins over what an image says", async () => {
      expect(await host.run(["/usr/sbin/sshd", "-t"])).toMatchObject({ status: 0, stderr: "" });
      const inForce = (await host.run(["/usr/sbin/sshd", "-T"])).stdout.split("\n");
      for (const line of ["passwordauthentication no", "kbdinteractiveauthentication no", "permitrootlogin no", "authenticationmethods publickey", "maxstartups 60:30:120", "x11forwarding no"]) {
        expect(inForce).toContain(line);
      }
    });

    test("a network namespace takes the kernel's settings", async () => {
      expect(await host.runInNetwork(["sysctl", "--quiet", "net.core.somaxconn=128", "net.ipv4.tcp_max_syn_backlog=128"])).toMatchObject({ status: 0 });
      const loaded = await host.run(["sh", "-c", `nsenter --net=/proc/${host.networkNamespace}/ns/net sysctl --load ${sysctlFile}`]);
      expect(loaded).toMatchObject({ status: 0, stderr: "" });
      expect((await host.runInNetwork(["cat", "/proc/sys/net/core/somaxconn", "/proc/sys/net/ipv4/tcp_max_syn_backlog"])).stdout).toBe("4096\n4096\n");
    });

    test("logrotate takes the file where it is installed", async () => {
      if ((await host.run(["sh", "-c", "command -v logrotate"])).status !== 0) return console.warn(`logrotate is not installed on ${id}: its file was NOT TESTED`);
      await host.run(["sh", "-c", "mkdir -p /var/lib/logrotate; echo line > /var/log/portico/access.log; chown www-data:adm /var/log/portico/access.log; chmod 0640 /var/log/portico/access.log"]);
      expect(await host.run(["logrotate", "--force", "/etc/logrotate.d/portico"])).toMatchObject({ status: 0, stderr: "" });
      expect((await host.run(["cat", "/tmp/systemctl"])).stdout).toBe("kill --kill-who=main --signal=USR1 portico-nginx.service\n");
      expect((await host.run(["ls", "-l", "/var/log/portico"])).stdout).toMatch(/-rw-r----- 1 www-data adm\s+0 .* access\.log\n.* access\.log\.1\n/);
    });
  });
});
