import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isTried, platforms, type PlatformId } from "../../lib/hosts/platforms";
import { cacheFolder, madeOnce } from "./cacheFolder";

/** What the rendered files are checked by: nginx, systemd, sshd of a platform. Test files unpack these parts only. */
const leftOut = ["./usr/share/*", "./usr/lib/python3*", "./var/*", "./dev/*", "./boot/*"];

/**
 * Declares tests that need the programs of a platform: this computer's when it is one, else those of the image that
 * the local machines are made from. Where neither is there, the skipped group says so, and with CI=true it fails on a
 * platform that Portico says it was tried on.
 */
export function describeOn(id: PlatformId, subject: string, tests: (base: () => string) => void): void {
  const image = isThisComputer(id) ? undefined : newestImage(id);
  const missing = (why: string) => describeMissing(`${subject} on ${id}: NOT TESTED, ${why}`, id, tests);
  if (process.getuid?.() !== 0) return missing("it needs root");
  if (isThisComputer(id)) return describe(`${subject} on ${id}, this computer`, () => tests(() => "/"));
  if (image === undefined)
    return missing(isTried(id) ? "there is no image of it; bin/machine makes one" : "it needs such a computer");
  describe(`${subject} on ${id}, from ${basename(image)}`, () => {
    let base = "";
    beforeAll(() => {
      base = unpacked(image);
    });
    tests(() => base);
  });
}

function describeMissing(title: string, id: PlatformId, tests: (base: () => string) => void): void {
  if (process.env.CI !== "true" || !isTried(id)) return describe.skip(title, () => tests(() => "/"));
  test(title, () => {
    throw new Error(`${id} is a platform that Portico says it was tried on`);
  });
}

/**
 * As describeOn, for tests that need Nginx and nothing else of the platform: where the platform is missing and its Nginx
 * is 1.18, this computer with the Nginx 1.18 of Debian 11 stands for it.
 */
export function describeNginxOf(id: PlatformId, subject: string, tests: (base: () => string) => void): void {
  if (platforms[id].nginx !== "1.18" || isThisComputer(id) || process.getuid?.() !== 0)
    return describeOn(id, subject, tests);
  const old = join(cacheFolder(), "tests", "nginx-1.18");
  try {
    madeOnce(old, (folder) => execFileSync(join(__dirname, "fetchNginx118.sh"), [folder], { stdio: "pipe" }));
  } catch (error) {
    const why = (error as Error).message.trim().split("\n").at(-1);
    return describe.skip(`${subject} with Nginx 1.18: NOT TESTED, Debian 11's cannot be had here: ${why}`, () =>
      tests(() => "/"));
  }
  describe(`${subject} with the Nginx 1.18 of Debian 11`, () => tests(() => `${old}:/`));
}

/** The image's programs in the cache, unpacked by the first who asks; nobody writes there. */
function unpacked(image: string): string {
  const place = join(cacheFolder(), "tests", basename(image, ".tar"));
  if (existsSync(place)) return place;
  madeOnce(place, (folder) =>
    execFileSync("tar", [
      "--extract",
      `--file=${image}`,
      `--directory=${folder}`,
      ...leftOut.map((pattern) => `--exclude=${pattern}`),
    ]),
  );
  for (const name of readdirSync(dirname(place)).filter((other) => isOutdated(other, image)))
    rmSync(join(dirname(place), name), { recursive: true, force: true });
  return place;
}

/** Unpacked from an image of the same suite that is not there any more. */
function isOutdated(name: string, image: string): boolean {
  const suite = basename(image).split("-")[0]!;
  return new RegExp(`^${suite}-[0-9a-f]+$`).test(name) && !existsSync(join(dirname(image), `${name}.tar`));
}

function isThisComputer(id: PlatformId): boolean {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const [, name, version] = /^(\w+)-(.+)$/.exec(id)!;
  return (
    release.includes(`\nID=${name}\n`) &&
    release.includes(`\nVERSION_ID="${version}"\n`) &&
    existsSync("/usr/sbin/nginx")
  );
}

function newestImage(id: PlatformId): string | undefined {
  const folder = join(cacheFolder(), "images");
  const { suite } = platforms[id];
  const images =
    suite !== undefined && existsSync(folder)
      ? readdirSync(folder).filter((name) => new RegExp(`^${suite}-[0-9a-f]+\\.tar$`).test(name))
      : [];
  const newestFirst = images
    .map((name) => join(folder, name))
    .sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs);
  return newestFirst[0];
}
