import { createHash } from "node:crypto";
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { demand } from "../base/command";
import { benchCache } from "../base/places";
import { say } from "../base/progress";
import { madeOnce } from "../../tests/support/cacheFolder";
import { pipPlatform } from "../peers/application";

/** What applications that compute have: 60 MB of wheels. */
const packages = ["numpy==2.3.5", "pandas==2.3.3", "scipy==1.16.3"];

/** Adds them, with all that they need, to the lock of an application. */
export async function addHeavyPackages(app: string): Promise<void> {
  const folder = await download();
  const lines = readdirSync(folder).map((file) => lockLine(file, readFileSync(path.join(folder, file))));
  appendFileSync(path.join(app, "requirements.lock"), `${lines.join("\n")}\n`);
}

/** A line of a lock for one wheel, whose file name begins with name and version. */
export function lockLine(file: string, content: Buffer): string {
  const [name, version] = file.split("-") as [string, string];
  return `${name.replaceAll("_", "-")}==${version} --hash=sha256:${createHash("sha256").update(content).digest("hex")}`;
}

async function download(): Promise<string> {
  const place = path.join(
    benchCache(),
    `heavy-${createHash("sha256").update(packages.join()).digest("hex").slice(0, 12)}`,
  );
  if (existsSync(place)) return place;
  say(`downloading ${packages.join(", ")}`);
  const folder = `${place}.new`;
  rmSync(folder, { recursive: true, force: true });
  await demand(["python3", "-m", "pip", "download", "-q", "-d", folder, ...pipPlatform(), ...packages]);
  return madeOnce(place, (made) => cpSync(folder, made, { recursive: true }));
}
