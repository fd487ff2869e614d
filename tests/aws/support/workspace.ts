import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { StandIn } from "./standIn";

export const workspaceFolder = path.join(tmpdir(), "portico-aws-tests");
export const standInFolder = path.join(workspaceFolder, "standIn");

/** Removes what a run left: the stand-in with its machines, then all files. The stacks' resources exist nowhere else. */
export async function removeWorkspace(): Promise<void> {
  if (!existsSync(workspaceFolder)) return;
  await new StandIn(standInFolder).stop();
  rmSync(workspaceFolder, { recursive: true, force: true });
}
