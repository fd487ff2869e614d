import type { Fault } from "../../settings/faults";
import { hostMarkers, type MarkerEnvironment, markerHolds } from "./markers";
import { describeTarget, type WheelTarget } from "./platformTags";
import { lockFault, normalizeName } from "./requirements";
import type { Wheel } from "./wheelCache";
import { requiredDistributions } from "./wheelMetadata";

interface Wanted {
  name: string;
  extras: string[];
  by: string;
}

/**
 * Packages that the wheels need on the host and the lock does not name. That happens when a lock is made with
 * another Python or on another system; the host's pip would refuse it.
 */
export async function missingDependencies(wheels: readonly Wheel[], target: WheelTarget): Promise<Fault[]> {
  const environment = hostMarkers(target.python, target.architecture);
  const byName = new Map(wheels.map((wheel) => [wheel.requirement.name, wheel]));
  const open: Wanted[] = wheels.map(({ requirement }) => ({
    name: requirement.name,
    extras: splitExtras(requirement.extras),
    by: "the lock",
  }));
  const done = new Set<string>();
  const missing = new Map<string, string>();
  for (let wanted = open.pop(); wanted !== undefined; wanted = open.pop()) {
    const key = `${wanted.name}[${wanted.extras.sort().join(",")}]`;
    const wheel = byName.get(wanted.name);
    if (wheel === undefined) missing.set(wanted.name, wanted.by);
    if (wheel === undefined || done.has(key)) continue;
    done.add(key);
    open.push(...(await dependenciesOf(wheel, wanted.extras, environment)));
  }
  return [...missing].sort().map(([name, by]) => incompleteLock(name, by, target));
}

function incompleteLock(name: string, by: string, target: WheelTarget): Fault {
  return lockFault(
    `no ${name}, which ${by} needs on ${describeTarget(target)}`,
    "a lock of all that the host needs",
    `lock again for Linux and Python ${target.python} (pip-compile under that Python, or uv export)`,
  );
}

async function dependenciesOf(
  wheel: Wheel,
  extras: readonly string[],
  environment: MarkerEnvironment,
): Promise<Wanted[]> {
  const found = (await requiredDistributions(wheel.path)).map((line) => parseDependency(line, wheel.requirement.name));
  return found
    .filter(
      ({ marker }) => marker === undefined || ["", ...extras].some((extra) => holds(marker, { ...environment, extra })),
    )
    .map(({ wanted }) => wanted);
}

/** What a wheel says is not the user's to mend: a marker that is not understood asks for nothing here. */
function holds(marker: string, environment: MarkerEnvironment): boolean {
  try {
    return markerHolds(marker, environment);
  } catch {
    return false;
  }
}

function parseDependency(line: string, by: string): { wanted: Wanted; marker: string | undefined } {
  const [specifier, marker] = line.split(/;(.*)/s, 2);
  const [, name, extras] = /^\s*([A-Za-z0-9._-]+)\s*(\[[^\]]*\])?/.exec(specifier!) ?? [];
  return { wanted: { name: normalizeName(name ?? ""), extras: splitExtras(extras ?? ""), by }, marker: marker?.trim() };
}

function splitExtras(extras: string): string[] {
  return extras
    .replace(/[[\]\s]/g, "")
    .split(",")
    .filter(Boolean)
    .map(normalizeName);
}
