import { readdirSync, readFileSync } from "node:fs";
import type { Environment } from "../base/engine";

/** Processes whose parent has gone belong to the first process. */
const initProcess = 1;

/**
 * Ends what a killed engine left behind: its language host and plugins, known by the backend in their
 * environment and by having lost their parent. Those of a living engine are not touched.
 */
export function endOrphans({ PULUMI_BACKEND_URL: backend }: Environment): void {
  if (backend === undefined || !backend.startsWith("file://")) return;
  for (const pid of readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    if (isOrphan(pid, backend)) endProcess(pid);
  }
}

function isOrphan(pid: number, backend: string): boolean {
  const name = read(pid, "comm");
  if (!name.startsWith("pulumi-")) return false;
  const parent = Number(read(pid, "stat").split(")").at(-1)?.trim().split(" ")[1]);
  return parent === initProcess && read(pid, "environ").split("\0").includes(`PULUMI_BACKEND_URL=${backend}`);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
