import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { stackFolders } from "../../../lib/stack/stateFolder";
import type { Environment } from "../base/engine";
import { givenSettings } from "./stackFile";
import { folderWithoutState } from "./stackState";

interface Stranded {
  machines: { name: string; runs: boolean }[];
  bridges: string[];
}

/** Machines and bridges of this stack's folder on this computer, whatever became of the engine's state. */
export function findStranded(stack: string): string[] {
  if (!runsMachines()) return [];
  const { machines, bridges } = callMachine(["orphans"], stack) as Stranded;
  return [...machines.map(({ name }) => name), ...bridges];
}

/** One line for a stack of which there is no state, and yet something runs. */
export function describeStranded(stack: string, names: readonly string[]): string {
  return `portico: there is no state of ${stack}, but ${names.join(", ")} are left of it on this computer; bin/down ${stack} --orphans removes them\n`;
}

/**
 * Throws where machines of a stack run and its state is lost: another state has keys and an authority of its own, which browsers
 * that trust the present one do not trust, so making it has to be wanted.
 */
export function refuseStranded(stack: string, environment: Environment): void {
  const root = folderWithoutState(stack, environment);
  if (root === undefined) return;
  const names = findStranded(stack);
  if (names.length === 0) return;
  throw new Error(
    `state: got none of ${stack} in ${root}, but ${names.join(", ")} are there; allowed: the state that made them; bring it back with bin/restore ${stack} FILE, take them over with new keys by bin/up ${stack} --adopt, or begin anew with bin/down ${stack} --orphans; nothing was changed`,
  );
}

/**
 * Removes what a stack of target local left on this computer, and then the state about it. Throws for a stack of another
 * target: its state is the only record of what is where.
 */
export function removeStranded(stack: string): void {
  const { target = "local" } = givenSettings(stack) as { target?: string };
  if (target !== "local")
    throw new Error(
      `--orphans: got ${stack}, a stack of target ${target}; allowed: a stack of target local, whose machines are on this computer; nothing was touched`,
    );
  const { removed } = callMachine(["remove-orphans"], stack) as { removed: string[] };
  const { root } = stackFolders(stack);
  for (const name of ["backend", "encryptionsalt", "machines", `Pulumi.${stack}.yaml`])
    rmSync(path.join(root, name), { recursive: true, force: true });
  process.stdout.write(
    removed.length === 0
      ? `portico: nothing of ${stack} is left on this computer\n`
      : `portico: removed ${removed.join(", ")}\n`,
  );
}

function callMachine(words: readonly string[], stack: string): unknown {
  return JSON.parse(
    execFileSync("bin/machine", [...words, "--owner", path.resolve(stackFolders(stack).root)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
}

/** Only there can machines of ours be. */
function runsMachines(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}
