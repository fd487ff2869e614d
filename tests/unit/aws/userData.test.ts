import { loginUser, userData, type FirstBoot } from "../../../lib/targets/aws/userData";
import { parse } from "yaml";

const boot: FirstBoot = {
  platform: "debian-13",
  architecture: "x86_64",
  user: "admin",
  loginPublicKey: "ssh-ed25519 LOGIN\n",
  bootKey: {
    private: "-----BEGIN OPENSSH PRIVATE KEY-----\nBOOT\n-----END OPENSSH PRIVATE KEY-----\n",
    public: "ecdsa-sha2-nistp256 BOOT\n",
  },
  hostPublicKey: "ssh-ed25519 HOST\n",
  agentRegion: null,
};

interface CloudConfig {
  users: unknown[];
  ssh_keys: Record<string, string>;
  runcmd?: string[][];
}

const parsed = (change: Partial<FirstBoot> = {}) => parse(userData({ ...boot, ...change })) as CloudConfig;

describe("userData", () => {
  it("is what cloud-init takes for its configuration", () => {
    expect(userData(boot).split("\n")[0]).toBe("#cloud-config");
  });

  it("lets in one user by one key, who becomes root without a password, and nobody else", () => {
    expect(parsed()).toMatchObject({
      users: [
        {
          name: "admin",
          sudo: "ALL=(ALL) NOPASSWD:ALL",
          lock_passwd: true,
          ssh_authorized_keys: ["ssh-ed25519 LOGIN"],
        },
      ],
      disable_root: true,
      ssh_pwauth: false,
    });
    expect(parsed().users).toHaveLength(1);
  });

  it("gives the machine the boot key, letter by letter, in the place of all others", () => {
    expect(parsed()).toMatchObject({
      ssh_deletekeys: true,
      ssh_keys: { ecdsa_private: boot.bootKey.private, ecdsa_public: "ecdsa-sha2-nistp256 BOOT" },
    });
    expect(Object.keys(parsed().ssh_keys)).toEqual(["ecdsa_private", "ecdsa_public"]);
  });

  it("is another one for another host key, so that a machine never keeps an old one", () => {
    expect(userData({ ...boot, hostPublicKey: "ssh-ed25519 OTHER" })).not.toBe(userData(boot));
  });

  it("installs nothing where nobody comes through Session Manager, or the image has its agent", () => {
    expect(parsed()).not.toHaveProperty("runcmd");
    expect(parsed({ platform: "ubuntu-24.04", agentRegion: "eu-central-1" })).not.toHaveProperty("runcmd");
  });

  it.each([
    [
      "eu-central-1",
      "x86_64",
      "https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/latest/debian_amd64/amazon-ssm-agent.deb",
    ],
    [
      "eu-west-3",
      "aarch64",
      "https://s3.eu-west-3.amazonaws.com/amazon-ssm-eu-west-3/latest/debian_arm64/amazon-ssm-agent.deb",
    ],
    [
      "cn-north-1",
      "x86_64",
      "https://s3.cn-north-1.amazonaws.com.cn/amazon-ssm-cn-north-1/latest/debian_amd64/amazon-ssm-agent.deb",
    ],
  ] as const)("installs the agent of %s for %s on Debian", (agentRegion, architecture, url) => {
    const { runcmd } = parsed({ agentRegion, architecture });
    expect(runcmd).toHaveLength(1);
    expect(runcmd![0]!.slice(0, 2)).toEqual(["sh", "-euc"]);
    expect(runcmd![0]![2]).toContain(` ${url} `);
  });

  it("fits into what AWS takes", () => {
    const key = "A".repeat(600);
    expect(
      userData({ ...boot, agentRegion: "ap-southeast-2", bootKey: { private: key, public: key } }).length,
    ).toBeLessThan(4096);
  });
});

it("the login user is the one that the platform's images are known for", () => {
  expect([loginUser("debian-12"), loginUser("debian-13"), loginUser("ubuntu-26.04")]).toEqual([
    "admin",
    "admin",
    "ubuntu",
  ]);
});
