import { imageParameter } from "../../../lib/targets/aws/lookups/officialImages";
import { platformIds } from "../../../lib/hosts/platforms";

describe("imageParameter", () => {
  it("names Debian's parameter by release and processor", () => {
    expect(imageParameter("debian-13", "x86_64")).toBe("/aws/service/debian/release/13/latest/amd64");
    expect(imageParameter("debian-12", "arm64")).toBe("/aws/service/debian/release/12/latest/arm64");
  });

  it("names Canonical's parameter with the disk that each release was made for", () => {
    expect(imageParameter("ubuntu-26.04", "arm64")).toBe(
      "/aws/service/canonical/ubuntu/server/26.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
    );
    expect(imageParameter("ubuntu-22.04", "x86_64")).toBe(
      "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
    );
  });

  it("has another one for each platform and processor", () => {
    const all = platformIds.flatMap((platform) =>
      (["x86_64", "arm64"] as const).map((architecture) => imageParameter(platform, architecture)),
    );
    expect(new Set(all).size).toBe(all.length);
  });
});
