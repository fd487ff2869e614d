import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { downloadWheels } from "../peers/application";

/** What applications that compute have: 60 MB of wheels. */
const packages = ["numpy==2.3.5", "pandas==2.3.3", "scipy==1.16.3"];

/** Adds them, with all that they need, to the lock of an application. */
export async function addHeavyPackages(app: string): Promise<void> {
  const folder = await downloadWheels(packages.join(", "), packages.join(), packages);
  const lines = readdirSync(folder).map((file) => lockLine(file, readFileSync(path.join(folder, file))));
  appendFileSync(path.join(app, "requirements.lock"), `${lines.join("\n")}\n`);
}

/** A line of a lock for one wheel, whose file name begins with name and version. */
export function lockLine(file: string, content: Buffer): string {
  const [name, version] = file.split("-") as [string, string];
  return `${name.replaceAll("_", "-")}==${version} --hash=sha256:${createHash("sha256").update(content).digest("hex")}`;
}
