import { canonicalJson } from "../../base/canonicalJson";
import type { PlatformId } from "../../hosts/platforms";
import type { Architecture } from "../../release/python/platformTags";
import { shellWord } from "../../base/shellWords";
import { partitionOf } from "./partition";

export interface MachineImage {
  platform: PlatformId;
  architecture: Architecture;
}

export interface FirstBoot extends MachineImage {
  /** Login user. */
  user: string;
  /** Public key that may log in. */
  loginPublicKey: string;
  /** Key by which the machine proves itself at the first contact: ECDSA, OpenSSH form. */
  bootKey: { private: string; public: string };
  /** The machine's own host key, which comes by SSH. Named here so that another one makes another machine. */
  hostPublicKey: string;
  /** Region whose bucket has the agent of Session Manager; null where nobody comes that way. */
  agentRegion: string | null;
}

/** The login user that the images of a platform are known for. */
export function loginUser(platform: PlatformId): string {
  return isDebian(platform) ? "admin" : "ubuntu";
}

/**
 * What cloud-init reads at the first boot: no more than lets us in, since a change makes another machine. It is JSON,
 * which is YAML as well, so that nothing in a key can be taken for syntax.
 */
export function userData(boot: FirstBoot): string {
  return [
    "#cloud-config",
    `# host key: ${boot.hostPublicKey.trim()}`,
    canonicalJson({
      users: [
        {
          name: boot.user,
          shell: "/bin/bash",
          sudo: "ALL=(ALL) NOPASSWD:ALL",
          lock_passwd: true,
          ssh_authorized_keys: [boot.loginPublicKey.trim()],
        },
      ],
      disable_root: true,
      ssh_pwauth: false,
      // Keys of the image would be those of every machine made of it; with ssh_keys, cloud-init makes none of its own.
      ssh_deletekeys: true,
      ssh_keys: { ecdsa_private: boot.bootKey.private, ecdsa_public: boot.bootKey.public.trim() },
      ...installAgent(boot),
    }),
  ].join("\n");
}

/**
 * Ubuntu's images bring the agent, Debian's do not. The bucket is reached by the network's own endpoint, without NAT. Without
 * the agent nobody reaches the machine, so it never gives up, and no try may hang.
 */
function installAgent({ platform, architecture, agentRegion }: FirstBoot): { runcmd?: string[][] } {
  if (agentRegion === null || !isDebian(platform)) return {};
  const url = agentUrl(agentRegion, architecture);
  const file = "/run/amazon-ssm-agent.deb";
  const script = [
    `fetch() { timeout 120 python3 -c 'import sys, urllib.request; urllib.request.urlretrieve(*sys.argv[1:])' ${shellWord(url)} ${file}; }`,
    `install() { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y ${file}; }`,
    "until fetch && install; do sleep 6; done",
    `rm -f ${file}`,
  ];
  return { runcmd: [["sh", "-euc", script.join("\n")]] };
}

function agentUrl(region: string, architecture: Architecture): string {
  const package_ = architecture === "x86_64" ? "debian_amd64" : "debian_arm64";
  return `https://s3.${region}.${partitionOf(region).domain}/amazon-ssm-${region}/latest/${package_}/amazon-ssm-agent.deb`;
}

function isDebian(platform: PlatformId): boolean {
  return platform.startsWith("debian-");
}
