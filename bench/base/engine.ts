import path from "node:path";
import type { Run } from "../../tests/support/run";
import { demand } from "./command";

interface EnginePlace {
  checkout: string;
  stack: string;
  /** Folder of the program. */
  folder: string;
  environment: NodeJS.ProcessEnv;
}

/** Pulumi as by hand, in the environment that bin/env prints; the time is that of the engine alone. */
export async function runEngine(place: EnginePlace, words: readonly string[]): Promise<Run> {
  const { checkout, stack, folder, environment } = place;
  const { stdout } = await demand([path.join(checkout, "bin/env"), stack], { env: environment });
  const command = ["bash", "-c", 'eval "$1"; shift; exec pulumi "$@"', "bash", stdout, ...words];
  return demand(command, { cwd: folder, env: environment });
}
