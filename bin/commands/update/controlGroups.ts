import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** What limits memory and tasks of units. */
const needed = ["memory", "pids"];

/** Whether units of local machines can be limited here: by the control groups of version 2 that this computer has mounted. */
export function canLimitUnits(mountinfo: string, controllersOf: (mount: string) => string): boolean {
  const mounts = mountinfo
    .split("\n")
    .filter((line) => / - cgroup2 /.test(line))
    .map((line) => line.split(" ")[4]!);
  return mounts.some((mount) => {
    const controllers = controllersOf(mount).split(/\s+/);
    return needed.every((name) => controllers.includes(name));
  });
}

export function canLimitUnitsHere(): boolean {
  const controllersOf = (mount: string) => {
    const file = path.join(mount, "cgroup.controllers");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  return (
    existsSync("/proc/self/mountinfo") && canLimitUnits(readFileSync("/proc/self/mountinfo", "utf8"), controllersOf)
  );
}

/** Says of a stack of local machines that limits do not act, where that is so. */
export function noteMissingLimits(target: string | undefined): void {
  if ((target ?? "local") !== "local" || canLimitUnitsHere()) return;
  process.stderr.write(
    "portico: limits of memory and tasks do not act on units here: this computer's control groups are of version 1; docs/application.md says what else holds\n",
  );
}
