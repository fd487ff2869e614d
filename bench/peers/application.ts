import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { benchCache, checkout } from "../base/places";
import { demand } from "../base/command";
import { say } from "../base/progress";

/** Paths of the sample that are measured. */
export const paths = { health: "/healthz", page: "/", facts: "/whoami", static: "/static/ten.css" } as const;

/** Python of the machines: that of Debian 13, which all peers are booted from. */
const python = "3.13";
const staticBytes = 10_240;

/** Copies the sample to a folder, with the file of 10 kB that is measured. */
export function copySample(folder: string, source = checkout): void {
  cpSync(path.join(source, "app"), folder, { recursive: true });
  addMeasuredFile(folder);
}

/** A style sheet of exactly 10 kB, the same for all peers. */
export function addMeasuredFile(app: string): void {
  const rules = Array.from({ length: 400 }, (_, number) => `.rule-${number} { margin: ${number}px; }\n`).join("");
  writeFileSync(path.join(app, paths.static), rules.slice(0, staticBytes - 1).concat("\n"));
}

/** A folder with the locked wheels of the sample. */
export function wheels(): Promise<string> {
  const lock = path.join(checkout, "app/requirements.lock");
  return downloadWheels("the wheels of the sample", readFileSync(lock), ["--require-hashes", "-r", lock]);
}

/** A folder of wheels for the machines that pip has downloaded, once for each `key`; `words` name them. */
export async function downloadWheels(what: string, key: string | Buffer, words: readonly string[]): Promise<string> {
  const digest = createHash("sha256").update(key).update(python).digest("hex").slice(0, 12);
  const place = path.join(benchCache(), `wheels-${digest}`);
  if (existsSync(place)) return place;
  say(`downloading ${what}`);
  const folder = `${place}.new`;
  rmSync(folder, { recursive: true, force: true });
  await demand(["python3", "-m", "pip", "download", "-q", "-d", folder, ...pipPlatform(), ...words]);
  renameSync(folder, place);
  return place;
}

/** Words of pip for wheels of the machines' Python and processor. */
function pipPlatform(): string[] {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  const platforms = ["manylinux2014", "manylinux_2_28"].flatMap((name) => ["--platform", `${name}_${machine}`]);
  return ["--only-binary=:all:", "--python-version", python, ...platforms];
}
