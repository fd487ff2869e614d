import { platformIds } from "../../lib/hosts/platforms";
import { webFiles } from "../../lib/hostFiles/webHost";
import { baselinePlan, baselineSettings } from "../support/baseline";
import { describeOn } from "../support/systems";
import { TestHost } from "../support/testHost";

const sysctlFile = "/etc/sysctl.d/60-portico.conf";

/** All that the file promises, as sshd tells it. */
const wanted = [
  ...[
    "passwordauthentication no",
    "kbdinteractiveauthentication no",
    "permitrootlogin no",
    "authenticationmethods publickey",
  ],
  ...[
    "logingracetime 30",
    "loglevel VERBOSE",
    "maxstartups 60:30:120",
    "maxsessions 20",
    "clientaliveinterval 60",
    "clientalivecountmax 2",
    "tcpkeepalive no",
  ],
  ...[
    "x11forwarding no",
    "allowagentforwarding no",
    "allowtcpforwarding no",
    "allowstreamlocalforwarding no",
    "permittunnel no",
  ],
];

/**
 * What an image says, read after ours: of each line the contrary, since some of ours are defaults as well. Not of MaxStartups, of
 * which sshd takes the last one: `portico-host check` tells of a file that has the last word.
 */
const image = [
  ...[
    "PasswordAuthentication yes",
    "KbdInteractiveAuthentication yes",
    "PermitRootLogin yes",
    "AuthenticationMethods password",
  ],
  ...["LoginGraceTime 120", "LogLevel INFO", "MaxSessions 10"],
  ...["ClientAliveInterval 0", "ClientAliveCountMax 3", "TCPKeepAlive yes"],
  ...[
    "X11Forwarding yes",
    "AllowAgentForwarding yes",
    "AllowTcpForwarding yes",
    "AllowStreamLocalForwarding yes",
    "PermitTunnel yes",
    "",
  ],
].join("\n");

describe.each(platformIds)("%s", (id) => {
  describeOn(id, "sshd, the kernel, logrotate", (base) => {
    let host: TestHost;
    beforeAll(async () => {
      const files = webFiles(baselineSettings(), baselinePlan(id));
      const otherFile = {
        path: "/etc/ssh/sshd_config.d/50-cloud-init.conf",
        content: image,
        mode: "0644",
        owner: "root",
        group: "root",
        effect: "none",
      } as const;
      const systemctl = {
        path: "/usr/local/sbin/systemctl",
        content: '#!/bin/sh\necho "$*" > /tmp/systemctl\n',
        mode: "0755",
        owner: "root",
        group: "root",
        effect: "none",
      } as const;
      host = await TestHost.lay(base(), [...files, otherFile, systemctl]);
      await host.run(["ssh-keygen", "-A"]);
    });
    afterAll(() => host?.stop());

    test("sshd takes the file, and it wins over what an image says", async () => {
      expect(await host.run(["/usr/sbin/sshd", "-t"])).toMatchObject({ status: 0, stderr: "" });
      const inForce = (await host.run(["/usr/sbin/sshd", "-T"])).stdout.split("\n");
      expect(wanted).toHaveLength(image.trim().split("\n").length + 1);
      for (const line of wanted) {
        expect(inForce).toContain(line);
      }
    });

    test("a network namespace takes the kernel's settings, those of each interface for each that there is", async () => {
      const links = "ip link add one type veth peer name two";
      const others = ["net.core.somaxconn=128", "net.ipv4.tcp_max_syn_backlog=128"];
      const before = await host.runInNetwork(["sh", "-euc", `${links}; sysctl --quiet ${others.join(" ")}`]);
      expect(before).toMatchObject({ status: 0 });
      const loaded = await host.run([
        "nsenter",
        `--net=/proc/${host.networkNamespace}/ns/net`,
        "/usr/lib/systemd/systemd-sysctl",
        sysctlFile,
      ]);
      expect(loaded).toMatchObject({ status: 0, stderr: "" });
      const values = async (keys: string) =>
        (await host.runInNetwork(["sh", "-c", `cd /proc/sys/net; cat ${keys}`])).stdout.trim().split("\n");
      expect(await values("core/somaxconn ipv4/tcp_max_syn_backlog")).toEqual(["4096", "4096"]);
      const ofEach = ["accept_redirects", "accept_source_route", "send_redirects"].map((key) => `ipv4/conf/*/${key}`);
      // Of `all`, `default`, `lo`, `one` and `two`.
      for (const keys of [...ofEach, "ipv6/conf/*/accept_redirects"])
        expect({ keys, values: await values(keys) }).toEqual({ keys, values: Array(5).fill("0") });
    });

    test("logrotate takes the file where it is installed", async () => {
      if ((await host.run(["sh", "-c", "command -v logrotate"])).status !== 0)
        return console.warn(`logrotate is not installed on ${id}: its file was NOT TESTED`);
      await host.run([
        "sh",
        "-c",
        "mkdir -p /var/lib/logrotate; echo line > /var/log/portico/access.log; chown www-data:adm /var/log/portico/access.log; chmod 0640 /var/log/portico/access.log",
      ]);
      expect(await host.run(["logrotate", "--force", "/etc/logrotate.d/portico"])).toMatchObject({
        status: 0,
        stderr: "",
      });
      expect((await host.run(["cat", "/tmp/systemctl"])).stdout).toBe(
        "kill --kill-who=all --signal=USR1 portico-nginx.service\n",
      );
      expect((await host.run(["ls", "-l", "/var/log/portico"])).stdout).toMatch(
        /-rw-r----- 1 www-data adm\s+0 .* access\.log\n.* access\.log\.1\n/,
      );
    });

    test("logrotate has no more rights over the logs than Nginx: what that could not write it leaves", async () => {
      if ((await host.run(["sh", "-c", "command -v logrotate"])).status !== 0)
        return console.warn(`logrotate is not installed on ${id}: its file was NOT TESTED`);
      const folder = "/var/log/portico";
      await host.run([
        "sh",
        "-c",
        `rm -f ${folder}/*; echo line > ${folder}/access.log; chown www-data:adm ${folder}/access.log; chmod 0640 ${folder}/access.log; chown root:root ${folder}; chmod 0755 ${folder}`,
      ]);
      const outcome = await host.run(["logrotate", "--force", "/etc/logrotate.d/portico"]);
      const left = (await host.run(["ls", folder])).stdout;
      await host.run(["sh", "-c", `chown www-data:adm ${folder}; chmod 0750 ${folder}`]);
      expect(outcome.status).not.toBe(0);
      expect(left).toBe("access.log\n");
    });
  });
});
