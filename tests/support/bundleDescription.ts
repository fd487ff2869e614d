import { execFileSync } from "node:child_process";
import type { AppDescription } from "../../lib/bundle/description";

export interface BundleTold {
  listens: { ports: number[]; onlyOnes: boolean };
  maskedUnits: string[];
  enabledUnits: string[];
  platform: { id: string };
  app: Pick<AppDescription, "drainSeconds" | "processes" | "schedules"> | null;
}

/** What a bundle tells the host program of its host. */
export function bundleDescription(bundle: string): BundleTold {
  const script = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read('bundle.json'))";
  return JSON.parse(execFileSync("python3", ["-c", script, bundle], { encoding: "utf8" })) as BundleTold;
}
