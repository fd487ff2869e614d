import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { platforms, type PlatformId } from "../../lib/platforms";
import { cacheFolder } from "./cacheFolder";

/** What the rendered files are judged by: nginx, systemd, sshd of a platform. Test files unpack these parts only. */
const leftOut = ["./usr/share/*", "./usr/lib/python3*", "./var/*", "./dev/*", "./boot/*"];

/**
 * Declares tests that need the programs of a platform: this computer's when it is one, else those of the image that
 * the local machines are made from. Where neither is there, the skipped group says so.
 */
export function describeOn(id: PlatformId, subject: string, tests: (base: () => string) => void): void {
  const image = isThisComputer(id) ? undefined : newestImage(id);
  if (process.getuid?.() !== 0) return describe.skip(`${subject} on ${id}: NOT TESTED, it needs root`, () => tests(() => "/"));
  if (isThisComputer(id)) return describe(`${subject} on ${id}, this computer`, () => tests(() => "/"));
  if (image === undefined) return describe.skip(`${subject} on ${id}: NOT TESTED, there is no image of it; bin/machine makes one`, () => tests(() => "/"));
  describe(`${subject} on ${id}, from ${basename(image)}`, () => {
    let base = "";
    beforeAll(() => {
      base = unpacked(image);
    });
    tests(() => base);
  });
}

/** The image's programs in the cache, unpacked by the first who asks; nobody writes there. */
function unpacked(image: string): string {
  const place = join(cacheFolder(), "tests", basename(image, ".tar"));
  if (existsSync(place)) return place;
  mkdirSync(dirname(place), { recursive: true });
  const temporary = mkdtempSync(`${place}.`);
  try {
    execFileSync("tar", ["--extract", `--file=${image}`, `--directory=${temporary}`, ...leftOut.map((pattern) => `--exclude=${pattern}`)]);
    renameSync(temporary, place);
  } catch (problem) {
    if (!existsSync(place)) throw problem;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  for (const name of readdirSync(dirname(place)).filter((other) => isOutdated(other, image))) rmSync(join(dirname(place), name), { recursive: true, force: true });
  return place;
}

/** Unpacked from an image of the same suite that is not there any more. */
function isOutdated(name: string, image: string): boolean {
  const suite = basename(image).split("-")[0]!;
  return new RegExp(`^${suite}-[0-9a-f]+$`).test(name) && !existsSync(join(dirname(image), `${name}.tar`));
}

function isThisComputer(id: PlatformId): boolean {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return release.includes(`VERSION_CODENAME=${platforms[id].suite}\n`) && existsSync("/usr/sbin/nginx");
}

function newestImage(id: PlatformId): string | undefined {
  const folder = join(cacheFolder(), "images");
  const images = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${platforms[id].suite}-`) && name.endsWith(".tar")) : [];
  const newestFirst = images.map((name) => join(folder, name)).sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs);
  return newestFirst[0];
}
