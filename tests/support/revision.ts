import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../lib/settings";
import { webFiles } from "../../lib/hostFiles/webHost";
import { baselinePlan } from "./baseline";
import { writeFiles } from "./sampleApp";

const place = "/opt/portico/revision/";

/** Lays a revision into `folder` as it lies on a host: its rendered files beside the link to the release. */
export function layRevision(folder: string, settings: Settings, application: Record<string, string>): void {
  const files = webFiles(settings, baselinePlan("debian-13")).filter(({ path }) => path.startsWith(place));
  writeFiles(folder, Object.fromEntries(files.map(({ path, content }) => [path.slice(place.length), content])));
  writeFiles(join(folder, "releases/one/app"), application);
  symlinkSync("releases/one", join(folder, "release"));
  mkdirSync(join(folder, "run"));
}
