import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { platforms, type PlatformId } from "../../lib/platforms";

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
  describe(`${subject} on ${id}, from ${image}`, () => {
    let base = "";
    beforeAll(() => {
      base = mkdtempSync(join(tmpdir(), "portico-system-"));
      execFileSync("tar", ["--extract", `--file=${image}`, `--directory=${base}`, ...leftOut.map((pattern) => `--exclude=${pattern}`)]);
    });
    afterAll(() => rmSync(base, { recursive: true, force: true }));
    tests(() => base);
  });
}

function isThisComputer(id: PlatformId): boolean {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return release.includes(`VERSION_CODENAME=${platforms[id].suite}\n`) && existsSync("/usr/sbin/nginx");
}

function newestImage(id: PlatformId): string | undefined {
  const cache = process.env.PORTICO_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "portico");
  const folder = join(cache, "images");
  const images = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${platforms[id].suite}-`) && name.endsWith(".tar")) : [];
  const newestFirst = images.map((name) => join(folder, name)).sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs);
  return newestFirst[0];
}
