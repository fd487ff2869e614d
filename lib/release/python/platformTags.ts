import { compareBytes } from "../../base/canonicalJson";
import type { PlatformId } from "../../hosts/platforms";

export type Architecture = "x86_64" | "aarch64";

/** Settings call processors as clouds and distributions do, wheels as the kernel does. */
export function architectureOf(setting: "x86_64" | "arm64"): Architecture {
  return setting === "arm64" ? "aarch64" : setting;
}

/** What wheels are chosen for: the platform's own Python and C library. */
export interface WheelTarget {
  id: PlatformId;
  /** The platform's Python, as "3.13". */
  python: string;
  architecture: Architecture;
}

/** Minor version of the GNU C library 2.x that a platform ships. */
const glibcMinor: Record<PlatformId, number> = {
  "debian-13": 41,
  "debian-12": 36,
  "ubuntu-26.04": 43,
  "ubuntu-24.04": 39,
  "ubuntu-22.04": 35,
};

const oldestGlibcMinor: Record<Architecture, number> = { x86_64: 5, aarch64: 17 };

/** The platform tags that the host takes, newest first: pip takes each as it stands, it adds no older ones. */
export function platformTags({ id, architecture }: WheelTarget): string[] {
  const oldest = oldestGlibcMinor[architecture];
  const minors = Array.from({ length: glibcMinor[id] - oldest + 1 }, (_, index) => glibcMinor[id] - index);
  return minors
    .flatMap((minor) => [`manylinux_2_${minor}_${architecture}`, ...legacyTag(minor, architecture)])
    .concat(`linux_${architecture}`);
}

/** The names that some versions of the C library had before the tags carried its number. */
function legacyTag(minor: number, architecture: Architecture): string[] {
  const legacy: Record<number, string> = { 17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1" };
  return legacy[minor] === undefined ? [] : [`${legacy[minor]}_${architecture}`];
}

/**
 * One target for each Python and processor, in the order of their names. Platforms that share both share the wheels:
 * those for the oldest C library, which the others take as well.
 */
export function distinctTargets(targets: readonly WheelTarget[]): WheelTarget[] {
  const newestFirst = [...targets].sort((left, right) => glibcMinor[right.id] - glibcMinor[left.id]);
  const byName = new Map(newestFirst.map((target) => [targetName(target), target]));
  return [...byName].sort(([left], [right]) => compareBytes(left, right)).map(([, target]) => target);
}

/** The name by which a host finds its own target among others: `3.13-x86_64`. */
export function targetName({ python, architecture }: WheelTarget): string {
  return `${python}-${architecture}`;
}

/** The options of `pip download` that make it choose for the host instead of this computer. */
export function targetOptions(target: WheelTarget): string[] {
  const abi = `cp${target.python.replace(".", "")}`;
  const tags = platformTags(target).flatMap((tag) => ["--platform", tag]);
  return ["--python-version", target.python, "--implementation", "cp", "--abi", abi, ...tags];
}

export function describeTarget({ id, python, architecture }: WheelTarget): string {
  return `${id} (Python ${python}, ${architecture})`;
}
