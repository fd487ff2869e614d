import { execFileSync } from "node:child_process";
import { type PlatformId, platforms } from "../../../lib/hosts/platforms";
import type { WheelTarget } from "../../../lib/release/python/platformTags";
import { buildRelease } from "../../../lib/release";
import { sha256 } from "../../../lib/base/digest";
import { makeFakePip } from "../../support/fakePip";
import { writeFiles } from "../../support/sampleApp";
import { temporaryFolders } from "../../support/temporaryFolder";

jest.mock("../../../lib/release/python/distributions", () => jest.requireActual<object>("../../support/packagingOnce"));

const newFolder = temporaryFolders();
const gunicorn = "gunicorn-26.1.0-py3-none-any.whl";
const older = "typing_extensions-4.15.0-py3-none-any.whl";
const compiled = (python: string, architecture: string) =>
  `markupsafe-3.0.4-${python}-${python}-manylinux_2_17_${architecture}.whl`;
const files = [gunicorn, older, compiled("cp311", "x86_64"), compiled("cp313", "x86_64"), compiled("cp313", "aarch64")];

/** What pip would choose, and what it says where it finds nothing. */
const chooses = `
case "$*" in
  *"--abi cp311 "*_x86_64*) chosen="${gunicorn} ${older} ${compiled("cp311", "x86_64")}" ;;
  *"--abi cp313 "*_x86_64*) chosen="${gunicorn} ${compiled("cp313", "x86_64")}" ;;
  *"--abi cp313 "*_aarch64*) chosen="${gunicorn} ${compiled("cp313", "aarch64")}" ;;
  *) echo "ERROR: No matching distribution found for markupsafe==3.0.4" >&2; exit 1 ;;
esac
for wheel in $chosen; do cp "\${0%pip}index/$wheel" wheels/; done`;

const hash = (name: string) => `--hash=sha256:${sha256(name)}`;
const lock = [
  `gunicorn==26.1.0 ${hash(gunicorn)}`,
  `markupsafe==3.0.4 ${files.slice(2).map(hash).join(" ")}`,
  `typing-extensions==4.15.0 ; python_version < "3.12" ${hash(older)}`,
].join("\n");

function setUp(text = lock) {
  const [appFolder, outputFolder, cacheFolder] = [newFolder(), newFolder(), newFolder()];
  writeFiles(appFolder, { "shop.py": "app = None\n", "requirements.lock": text });
  const pip = makeFakePip(newFolder(), Object.fromEntries(files.map((name) => [name, name])), chooses);
  const options = {
    appFolder,
    requirements: "requirements.lock",
    module: "shop:app",
    staticFolder: null,
    staticUrl: "/static/",
    cacheFolder,
    outputFolder,
    pip: pip.command,
  };
  return { pip, build: (...targets: WheelTarget[]) => buildRelease({ ...options, targets }) };
}

function on(id: PlatformId, architecture: WheelTarget["architecture"] = "x86_64"): WheelTarget {
  return { id, python: platforms[id].python, architecture };
}

const read = (archive: string, path: string) => execFileSync("tar", ["xzOf", archive, path], { encoding: "utf8" });
const paths = (archive: string) =>
  execFileSync("tar", ["tf", archive], { encoding: "utf8" })
    .split("\n")
    .filter((path) => /^(locks|wheels)\/./.test(path));

describe("a release for hosts of several platforms", () => {
  test("holds for each Python and processor a lock of exactly what its hosts install, and an archive of these wheels", async () => {
    const targets = [on("debian-13"), on("debian-12"), on("debian-13", "aarch64")];
    const { applicationPath: archivePath, wheelsPath } = await setUp().build(...targets);
    expect(paths(archivePath)).toEqual(
      ["3.11-x86_64", "3.13-aarch64", "3.13-x86_64"].map((name) => `locks/${name}.lock`),
    );
    expect(targets.map((target) => paths(wheelsPath(target)))).toEqual(
      [
        [gunicorn, compiled("cp313", "x86_64")],
        [gunicorn, compiled("cp311", "x86_64"), older],
        [gunicorn, compiled("cp313", "aarch64")],
      ].map((names) => names.map((name) => `wheels/${name}`)),
    );
    const locked = (name: string) =>
      [...read(archivePath, `locks/${name}.lock`).matchAll(/sha256:(\w+)/g)].map(([, digest]) =>
        files.find((file) => sha256(file) === digest),
      );
    expect(locked("3.11-x86_64")).toEqual([gunicorn, compiled("cp311", "x86_64"), older]);
    expect(locked("3.13-x86_64")).toEqual([gunicorn, compiled("cp313", "x86_64")]);
    expect(locked("3.13-aarch64")).toEqual([gunicorn, compiled("cp313", "aarch64")]);
  });

  test("tells hosts whom it is for, and which wheels are whose", async () => {
    const { applicationPath: archivePath } = await setUp().build(on("debian-13", "aarch64"), on("debian-12"));
    expect(JSON.parse(read(archivePath, "release.json")).targets).toEqual([
      { python: "3.11", architecture: "x86_64", wheels: [gunicorn, compiled("cp311", "x86_64"), older] },
      { python: "3.13", architecture: "aarch64", wheels: [gunicorn, compiled("cp313", "aarch64")] },
    ]);
  });

  test("locks for each what a release for it alone does, so that environments stay shared", async () => {
    const { build } = setUp();
    const several = await build(on("debian-13"), on("debian-12"));
    for (const id of ["debian-13", "debian-12"] as const) {
      const path = `locks/${platforms[id].python}-x86_64.lock`;
      expect(read(several.applicationPath, path)).toBe(read((await build(on(id))).applicationPath, path));
    }
  });

  test("is the same one in whatever order and number the hosts come, and fetches once for each kind", async () => {
    const { build, pip } = setUp();
    const first = await build(on("debian-13"), on("debian-12"));
    const second = await build(on("debian-12"), on("debian-13"), on("debian-12"));
    expect([second.id, second.applicationPath]).toEqual([first.id, first.applicationPath]);
    expect(pip.calls()).toHaveLength(2);
  });

  test("is refused with what is wrong for each, and what is wrong for all told once", async () => {
    const { build } = setUp(`gunicorn==26.1.0 ; python_version >= "3.13" ${hash(gunicorn)}\nflask==3.1.3\n`);
    const error = (await build(on("debian-13"), on("debian-12")).catch((reason: Error) => reason)) as Error;
    expect(error.message).toContain("2 settings are wrong");
    expect(error.message).toContain("flask==3.1.3 without a hash");
    expect(error.message).toContain('got "no gunicorn"');
  });

  test("is refused by the name of the platform that a package has no wheel for", async () => {
    const { build } = setUp();
    await expect(build(on("debian-13"), on("ubuntu-22.04"))).rejects.toThrow(
      "markupsafe==3.0.4, which has no wheel for ubuntu-22.04 (Python 3.10, x86_64)",
    );
  });
});
