import { contract } from "../../base/contract";
import type { Fault } from "../../settings/faults";
import { queryPackaging } from "./distributions";
import { hostMarkers } from "./markers";
import { describeTarget, type WheelTarget } from "./platformTags";
import { lockFault } from "./requirements";
import type { Wheel } from "./wheelCache";

/**
 * Packages that the wheels need on the host and the lock does not name. That happens when a lock is made with
 * another Python or on another system; the host's pip would refuse it.
 */
export function missingDependencies(wheels: readonly Wheel[], target: WheelTarget): Fault[] {
  const missing = queryPackaging("missing", {
    wheels: wheels.map(({ path, requirement: { name, extras } }) => ({ name, extras: splitExtras(extras), path })),
    environment: hostMarkers(target.python, target.architecture),
    limits: contract.limits,
  });
  return missing.map(([name, by]) => incompleteLock(name, by, target));
}

function incompleteLock(name: string, by: string, target: WheelTarget): Fault {
  return lockFault(
    `no ${name}, which ${by} needs on ${describeTarget(target)}`,
    "a lock of all that the host needs",
    `lock again for Linux and Python ${target.python} (pip-compile under that Python, or uv export)`,
  );
}

function splitExtras(extras: string): string[] {
  return extras
    .replace(/[[\]\s]/g, "")
    .split(",")
    .filter(Boolean);
}
