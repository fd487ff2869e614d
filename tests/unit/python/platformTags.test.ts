import {
  describeTarget,
  distinctTargets,
  platformTags,
  targetName,
  targetOptions,
  type WheelTarget,
} from "../../../lib/release/python/platformTags";

const trixie: WheelTarget = { id: "debian-13", python: "3.13", architecture: "x86_64" };
const jammy: WheelTarget = { id: "ubuntu-22.04", python: "3.10", architecture: "x86_64" };
const bookworm: WheelTarget = { id: "debian-12", python: "3.11", architecture: "x86_64" };

describe("the wheels that a host takes", () => {
  test("reach from its own C library down to the oldest name, newest first", () => {
    const tags = platformTags(trixie);
    expect(tags[0]).toBe("manylinux_2_41_x86_64");
    expect(tags).toEqual(
      expect.arrayContaining([
        "manylinux_2_28_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux1_x86_64",
        "linux_x86_64",
      ]),
    );
    expect(tags.indexOf("manylinux_2_28_x86_64")).toBeLessThan(tags.indexOf("manylinux2014_x86_64"));
  });

  test("are none that need a newer C library than the host has", () => {
    expect(platformTags(bookworm)[0]).toBe("manylinux_2_36_x86_64");
    expect(platformTags(bookworm)).not.toContain("manylinux_2_38_x86_64");
    expect(platformTags(jammy)[0]).toBe("manylinux_2_35_x86_64");
  });

  test("are for its processor only", () => {
    const tags = platformTags({ ...trixie, architecture: "aarch64" });
    expect(tags.every((tag) => tag.endsWith("_aarch64"))).toBe(true);
    expect(tags).not.toContain("manylinux2010_aarch64");
  });

  test("are asked of pip for the host's Python", () => {
    expect(targetOptions(bookworm).slice(0, 8)).toEqual([
      "--python-version",
      "3.11",
      "--implementation",
      "cp",
      "--abi",
      "cp311",
      "--platform",
      "manylinux_2_36_x86_64",
    ]);
    expect(describeTarget(trixie)).toBe("debian-13 (Python 3.13, x86_64)");
  });
});

describe("the targets of several hosts", () => {
  test("stand once each, whatever the order of the hosts", () => {
    const arm: WheelTarget = { ...trixie, architecture: "aarch64" };
    const wanted = [bookworm, arm, trixie];
    expect(distinctTargets([trixie, bookworm, arm, trixie])).toEqual(wanted);
    expect(distinctTargets([arm, bookworm, trixie])).toEqual(wanted);
    expect(wanted.map(targetName)).toEqual(["3.11-x86_64", "3.13-aarch64", "3.13-x86_64"]);
  });

  test("with the same Python and processor get the wheels for the oldest C library among them", () => {
    const sharing: WheelTarget = { ...jammy, python: trixie.python };
    for (const targets of [
      [trixie, sharing],
      [sharing, trixie],
    ])
      expect(distinctTargets(targets)).toEqual([sharing]);
  });
});
