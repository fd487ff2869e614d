import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Platform, platforms } from "../../lib/platforms";
import { pipEnvironment } from "../../lib/python/pip";
import { buildRelease } from "../../lib/release";
import { writeFiles } from "../support/sampleApp";
import { temporaryFolders } from "../support/temporaryFolder";

/** The real pip and the real package index, where the unit tests have stand-ins. */
const newFolder = temporaryFolders();
const [cacheFolder, outputFolder] = [newFolder(), newFolder()];
const common = { requirements: "requirements.lock", staticUrl: "/static/", cacheFolder, outputFolder };
const sample = (platform: Platform) => buildRelease({ ...common, appFolder: resolve("app"), module: "portico_sample:app", staticFolder: "static", platform });
const gunicorn = "gunicorn==26.1.0 --hash=sha256:9f45bcddec5e9dc7a25a3bdccb0c6832f11fd5d4739b1ee36c8d2fec25f1dc86";

function build(lock: string) {
  const appFolder = newFolder();
  writeFiles(appFolder, { "shop.py": "app = None\n", "requirements.lock": lock });
  return buildRelease({ ...common, appFolder, module: "shop:app", staticFolder: null, platform: platforms["debian-12"] });
}

jest.setTimeout(60_000);

const localPython = execFileSync("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], { encoding: "utf8" }).trim();
const sameAsHere = Object.values(platforms).find(({ python }) => python === localPython);

(sameAsHere ? test : test.skip)("the sample application's release installs from its archive alone, with nothing missing", async () => {
  const { archivePath } = await sample(sameAsHere!);
  const folder = newFolder();
  execFileSync("tar", ["xzf", archivePath, "-C", folder]);
  mkdirSync(join(folder, "site"));
  const sources = ["--no-index", "--find-links", join(folder, "wheels"), "--require-hashes", "--requirement", join(folder, "requirements.lock")];
  execFileSync("python3", ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--target", join(folder, "site"), ...sources], { env: { ...pipEnvironment(process.env), PIP_CONFIG_FILE: "/dev/null", PIP_FIND_LINKS: "", PIP_ROOT_USER_ACTION: "ignore" } });
  const script = "import sys; sys.path[:0] = sys.argv[1:]; import gunicorn, flask; print(gunicorn.__file__.startswith(sys.argv[1]))";
  expect(execFileSync("python3", ["-I", "-c", script, join(folder, "site"), join(folder, "app")], { encoding: "utf8" })).toBe("True\n");
});

test("each platform gets the wheels of its own Python", async () => {
  for (const platform of Object.values(platforms)) {
    const names = execFileSync("tar", ["tzf", (await sample(platform)).archivePath], { encoding: "utf8" });
    expect(names).toMatch(new RegExp(`wheels/markupsafe-.*-cp${platform.python.replace(".", "")}-manylinux`));
  }
});

test("a package that comes as source only is refused by name", async () => {
  const lock = `docopt==0.6.2 --hash=sha256:49b3a825280bd66b3aa83585ef59c4a8c82f2c8a522dbe754a8bc8d08c85c491\n${gunicorn}\n`;
  await expect(build(lock)).rejects.toThrow("docopt==0.6.2, which has no wheel for debian-12 (Python 3.11, x86_64)");
});

test("bytes other than the lock's are refused", async () => {
  await expect(build(gunicorn.replace("sha256:9f", "sha256:8e"))).rejects.toThrow("gunicorn==26.1.0 with another hash than the lock's");
});

test("a wheel for a newer C library and any later Python is found, and what it needs is missed", async () => {
  const lock = `cryptography==50.0.2 --hash=sha256:9dab55f57c74c3cad24c323bacbbd04be4705ba6eb0d92e920b1fc4837ed5079\n${gunicorn}\n`;
  await expect(build(lock)).rejects.toThrow("no cffi, which cryptography needs on debian-12 (Python 3.11, x86_64)");
});
