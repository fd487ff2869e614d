import { setTimeout as wait } from "node:timers/promises";
import { readSshAudit, sshAuditWords } from "../../audit/judges/sshAudit";
import { pythonJudge } from "../../audit/tools/install";
import { webFiles } from "../../lib/hostFiles/webHost";
import { platformIds, type PlatformId } from "../../lib/hosts/platforms";
import { baselinePlan, baselineSettings } from "../support/baseline";
import { describeJudged } from "../support/judged";
import { describeOn } from "../support/systems";
import { TestHost } from "../support/testHost";

/** What the vendor's command plugin offers, by golang.org/x/crypto 0.25, as far as OpenSSH knows it, and without what is taken away. */
const plugin = {
  KexAlgorithms: "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,diffie-hellman-group14-sha256",
  Ciphers:
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr",
  MACs: "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1",
  HostKeyAlgorithms: "ssh-ed25519",
};

async function withSshd<T>(
  base: string,
  id: PlatformId,
  overrides: Record<string, unknown>,
  use: (host: TestHost) => Promise<T>,
): Promise<T> {
  const host = await TestHost.lay(base, webFiles(baselineSettings(overrides), baselinePlan(id)));
  try {
    await host.run(["ssh-keygen", "-A"]);
    host.start(["/usr/sbin/sshd", "-D"]);
    for (let attempt = 0; (await host.runInNetwork(["ssh-keyscan", "127.0.0.1"])).stdout === ""; attempt++) {
      if (attempt === 100) throw new Error("sshd does not answer");
      await wait(50);
    }
    return await use(host);
  } finally {
    await host.stop();
  }
}

const judge = async (host: TestHost) => readSshAudit((await host.runInNetwork(sshAuditWords("127.0.0.1"))).stdout);

/** What sshd says to a client with these algorithms and no key. */
async function knock(host: TestHost, algorithms: Record<string, string>): Promise<string> {
  const options = { ...algorithms, BatchMode: "yes", StrictHostKeyChecking: "no", UserKnownHostsFile: "/dev/null" };
  const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return (await host.runInNetwork(["ssh", "-F", "/dev/null", ...words, "nobody@127.0.0.1", "true"])).stderr;
}

const pinnedByCurveOfNist = {
  target: "hosts",
  hosts: {
    machines: [
      {
        name: "web-1",
        address: "10.0.0.11",
        roles: ["web", "balancer"],
        user: "admin",
        hostKey: "ecdsa-sha2-nistp256 AAAA",
      },
    ],
  },
};

describeJudged(
  "ssh-audit",
  () => pythonJudge("ssh_audit"),
  () => {
    describe.each(platformIds)("%s", (id) => {
      describeOn(id, "sshd", (base) => {
        test("finds nothing weak, and the engine's plugin is let in", async () => {
          await withSshd(base(), id, {}, async (host) => {
            const verdict = await judge(host);
            expect(verdict.faults).toEqual([]);
            expect(verdict.figure).toMatch(/^0 fail, /);
            expect(await knock(host, plugin)).toContain("Permission denied (publickey)");
            expect(await knock(host, { KexAlgorithms: "ecdh-sha2-nistp256" })).toContain("no matching key exchange");
            expect(await knock(host, { HostKeyAlgorithms: "ecdsa-sha2-nistp256" })).toContain("no matching host key");
          });
        });

        test("finds what a stack asks for by setting", async () => {
          const { faults } = await withSshd(base(), id, { ssh: { algorithms: "system" } }, judge);
          for (const weak of [/^fail kex ecdh-sha2-nistp256:/, /^fail key ecdsa-/, /^fail mac hmac-sha1:/])
            expect(faults).toContainEqual(expect.stringMatching(weak));
        });

        test("finds the kind of key by which a host of the stack is pinned, and nothing else", async () => {
          const { faults } = await withSshd(base(), id, pinnedByCurveOfNist, judge);
          expect(faults.filter((fault) => !/^(fail|warn) key ecdsa-sha2-nistp256: /.test(fault))).toEqual([]);
          expect(faults.length).toBeGreaterThan(0);
        });
      });
    });
  },
);
