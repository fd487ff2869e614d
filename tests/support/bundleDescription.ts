import { execFileSync } from "node:child_process";

export interface BundleTold {
  listens: { ports: number[]; onlyOnes: boolean };
  maskedUnits: string[];
  enabledUnits: string[];
  platform: { id: string };
  app: { drainSeconds: number } | null;
}

/** What a bundle tells the host program of its host. */
export function bundleDescription(bundle: string): BundleTold {
  const script = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read('bundle.json'))";
  return JSON.parse(execFileSync("python3", ["-c", script, bundle], { encoding: "utf8" })) as BundleTold;
}
