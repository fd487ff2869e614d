import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { type PlatformId, platformIds, platforms } from "../../lib/hosts/platforms";
import type { WheelTarget } from "../../lib/release/python/platformTags";
import { normalizeName } from "../../lib/release/python/requirements";
import { buildRelease, type Release } from "../../lib/release";
import { pythonOf } from "../support/pythons";
import { writeFiles } from "../support/sampleApp";
import { temporaryFolders } from "../support/temporaryFolder";

/** The real pip and the real package index, where the unit tests have stand-ins. */
const newFolder = temporaryFolders();
const [cacheFolder, outputFolder] = [newFolder(), newFolder()];
const common = { requirements: "requirements.lock", staticUrl: "/static/", cacheFolder, outputFolder };
const gunicorn = "gunicorn==26.1.0 --hash=sha256:9f45bcddec5e9dc7a25a3bdccb0c6832f11fd5d4739b1ee36c8d2fec25f1dc86";
const on = (id: PlatformId, architecture: WheelTarget["architecture"] = "x86_64"): WheelTarget => ({
  id,
  python: platforms[id].python,
  architecture,
});

function build(lock: string) {
  const appFolder = newFolder();
  writeFiles(appFolder, { "shop.py": "app = None\n", "requirements.lock": lock });
  return buildRelease({ ...common, appFolder, module: "shop:app", staticFolder: null, targets: [on("debian-12")] });
}

jest.setTimeout(600_000);

describe("the sample application's release for every platform, and for two kinds of processor", () => {
  let release: Release;
  beforeAll(async () => {
    const targets = [...platformIds.map((id) => on(id)), on("debian-13", "aarch64")];
    release = await buildRelease({
      ...common,
      appFolder: resolve("app"),
      module: "portico_sample:app",
      staticFolder: "static",
      targets,
    });
  });

  test.each(Object.values(platforms))("has the wheels of Python $python ($id)", ({ id, python }) => {
    const names = (target: WheelTarget) =>
      execFileSync("tar", ["tf", release.wheelsPath(target)], { encoding: "utf8" });
    expect(names(on(id))).toMatch(new RegExp(`wheels/markupsafe-.*-cp${python.replace(".", "")}-manylinux.*_x86_64`));
    expect(names(on(id))).not.toContain("aarch64");
    expect(names(on("debian-13", "aarch64"))).toMatch(/wheels\/markupsafe-.*-cp313-manylinux.*_aarch64/);
  });

  describe.each(Object.values(platforms))("on $id", ({ id, python }) => {
    const interpreter = pythonOf(python);
    if (interpreter === undefined) return test.skip(`NOT TESTED, there is no Python ${python} here`, () => undefined);

    test("installs from its archives alone, exactly what the lock says", () => {
      const archives = [release.applicationPath, release.wheelsPath(on(id))];
      const words = [resolve("tests/support/installRelease.py"), resolve("hostProgram"), newFolder(), ...archives];
      const { lock, installed } = JSON.parse(execFileSync(interpreter, words, { encoding: "utf8" })) as {
        lock: string;
        installed: [string, string][];
      };
      const locked = [...lock.matchAll(/^(\S+)==(\S+)/gm)].map(([, name, version]) => [name, version]);
      expect(installed.map(([name, version]) => [normalizeName(name), version]).sort()).toEqual(locked);
      expect(locked.map(([name]) => name)).toEqual(expect.arrayContaining(["flask", "gunicorn", "markupsafe"]));
    });
  });
});

test("a package that comes as source only is refused by name", async () => {
  const lock = `docopt==0.6.2 --hash=sha256:49b3a825280bd66b3aa83585ef59c4a8c82f2c8a522dbe754a8bc8d08c85c491\n${gunicorn}\n`;
  await expect(build(lock)).rejects.toThrow("docopt==0.6.2, which has no wheel for debian-12 (Python 3.11, x86_64)");
});

test("bytes other than the lock's are refused", async () => {
  await expect(build(gunicorn.replace("sha256:9f", "sha256:8e"))).rejects.toThrow(
    "gunicorn==26.1.0 with another hash than the lock's",
  );
});

test("a wheel for a newer C library and any later Python is found, and what it needs is missed", async () => {
  const lock = `cryptography==50.0.2 --hash=sha256:9dab55f57c74c3cad24c323bacbbd04be4705ba6eb0d92e920b1fc4837ed5079\n${gunicorn}\n`;
  await expect(build(lock)).rejects.toThrow("no cffi, which cryptography needs on debian-12 (Python 3.11, x86_64)");
});
