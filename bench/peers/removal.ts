import { existsSync, readdirSync, rmSync } from "node:fs";
import { networks, workspace } from "../base/places";
import { say } from "../base/progress";
import { PeerMachines } from "./machines";
import { Portico } from "./portico";

/** Removes all that runs of the bench left on this computer: stacks, machines, networks, the workspace. */
export async function removeAll(): Promise<void> {
  if (!existsSync(workspace)) return;
  say("removing machines");
  for (const name of readdirSync(workspace).filter((each) => each.startsWith("portico")))
    await new Portico({ name, source: "", prefix: networks.portico[0], hosts: 0 }).remove();
  await new PeerMachines().remove();
  rmSync(workspace, { recursive: true, force: true });
}
