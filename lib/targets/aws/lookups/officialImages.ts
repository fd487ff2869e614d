import type { PlatformId } from "../../../hosts/platforms";
import type { AwsSettings } from "../../../settings";

type Architecture = AwsSettings["machines"]["architecture"];

/**
 * Public parameter of Systems Manager that names the newest official image of a platform: Debian's and Canonical's own.
 * https://wiki.debian.org/Cloud/AmazonEC2Image, https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
 */
export function imageParameter(platform: PlatformId, architecture: Architecture): string {
  const processor = architecture === "x86_64" ? "amd64" : "arm64";
  const [distribution, version] = platform.split("-") as ["debian" | "ubuntu", string];
  if (distribution === "debian") return `/aws/service/debian/release/${version}/latest/${processor}`;
  // Canonical names the kind of disk that an image was made for; 22.04 is older than gp3.
  const disk = version === "22.04" ? "ebs-gp2" : "ebs-gp3";
  return `/aws/service/canonical/ubuntu/server/${version}/stable/current/${processor}/hvm/${disk}/ami-id`;
}
