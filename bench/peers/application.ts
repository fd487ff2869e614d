import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { benchCache, checkout } from "../base/places";
import { demand } from "../base/command";
import { say } from "../base/progress";
import { madeOnce } from "../../tests/support/cacheFolder";

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

/** A folder with the locked wheels of the sample, downloaded once for each lock. */
export async function wheels(): Promise<string> {
  const lock = path.join(checkout, "app/requirements.lock");
  const key = createHash("sha256").update(readFileSync(lock)).update(python).digest("hex").slice(0, 12);
  const place = path.join(benchCache(), `wheels-${key}`);
  if (existsSync(place)) return place;
  say("downloading the wheels of the sample");
  const folder = `${place}.new`;
  await demand([
    "python3",
    "-m",
    "pip",
    "download",
    "-q",
    "-r",
    lock,
    "-d",
    folder,
    "--require-hashes",
    ...pipPlatform(),
  ]);
  return madeOnce(place, (made) => cpSync(folder, made, { recursive: true }));
}

/** Words of pip for wheels of the machines' Python and processor. */
export function pipPlatform(): string[] {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  const platforms = ["manylinux2014", "manylinux_2_28"].flatMap((name) => ["--platform", `${name}_${machine}`]);
  return ["--only-binary=:all:", "--python-version", python, ...platforms];
}
