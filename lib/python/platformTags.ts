import type { PlatformId } from "../platforms";

export type Architecture = "x86_64" | "aarch64";

/** What wheels are chosen for: the platform's own Python and C library. */
export interface WheelTarget {
  platform: PlatformId;
  /** The platform's Python, as "3.13". */
  python: string;
  architecture: Architecture;
}

/** Minor version of the GNU C library 2.x that a platform ships. */
const glibcMinor: Record<PlatformId, number> = { "debian-13": 41, "debian-12": 36 };

const oldestGlibcMinor: Record<Architecture, number> = { x86_64: 5, aarch64: 17 };

/** The platform tags that the host takes, newest first: pip takes each as it stands, it adds no older ones. */
export function platformTags({ platform, architecture }: WheelTarget): string[] {
  const oldest = oldestGlibcMinor[architecture];
  const minors = Array.from({ length: glibcMinor[platform] - oldest + 1 }, (_, index) => glibcMinor[platform] - index);
  return minors.flatMap((minor) => [`manylinux_2_${minor}_${architecture}`, ...legacyTag(minor, architecture)]).concat(`linux_${architecture}`);
}

/** The names that some versions of the C library had before the tags carried its number. */
function legacyTag(minor: number, architecture: Architecture): string[] {
  const legacy: Record<number, string> = { 17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1" };
  return legacy[minor] === undefined ? [] : [`${legacy[minor]}_${architecture}`];
}

/** The options of `pip download` that make it choose for the host instead of this computer. */
export function targetOptions(target: WheelTarget): string[] {
  const abi = `cp${target.python.replace(".", "")}`;
  const tags = platformTags(target).flatMap((tag) => ["--platform", tag]);
  return ["--python-version", target.python, "--implementation", "cp", "--abi", abi, ...tags];
}

export function describeTarget({ platform, python, architecture }: WheelTarget): string {
  return `${platform} (Python ${python}, ${architecture})`;
}
