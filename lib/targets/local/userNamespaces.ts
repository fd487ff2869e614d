import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** Numbers from which systemd-nspawn takes the users of a machine, 65536 for each: its manual, `--private-users=pick`. */
const numbers = { first: 0x80000, last: 0x6fffffff };

/** What keeps machines here from having users of their own, and what helps. */
export interface Obstacle {
  found: string;
  remedy: string;
}

/**
 * What keeps the kernel from giving machines user namespaces, in which root of a machine is nobody on this computer; undefined when
 * nothing does. `root` is the root folder of the computer, another one in tests.
 */
export function findNamespaceObstacle(root = "/"): Obstacle | undefined {
  const place = (file: string) => path.join(root, "proc", file);
  if (!existsSync(place("self/ns/user")))
    return { found: "its kernel has none", remedy: "boot one that was built with CONFIG_USER_NS" };
  if (Number(readFileSync(place("sys/user/max_user_namespaces"), "utf8")) === 0)
    return { found: "user.max_user_namespaces is 0", remedy: "run `sysctl -w user.max_user_namespaces=15000`" };
  const covers = readFileSync(place("self/uid_map"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number])
    .some(([first, , count]) => first <= numbers.first && first + count > numbers.last);
  if (!covers) return { found: "it is a container without enough user numbers", remedy: "start it outside of that" };
  return undefined;
}
