import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import { contract } from "../../../lib/base/contract";
import { type PlatformId, platforms } from "../../../lib/hosts/platforms";
import type { WheelTarget } from "../../../lib/release/python/platformTags";
import { contentDigest, contentEntry } from "../../../lib/release/archive";
import { buildRelease, type ReleaseOptions } from "../../../lib/release";
import { SettingsError } from "../../../lib/settings/faults";
import { lockFor, makeFakePip } from "../../support/fakePip";
import { sampleFiles, sampleWheels, writeFiles, writeSampleApp } from "../../support/sampleApp";
import { temporaryFolders } from "../../support/temporaryFolder";

jest.mock("../../../lib/release/python/distributions", () => jest.requireActual<object>("../../support/packagingOnce"));

const newFolder = temporaryFolders();

function targetOf(id: PlatformId, architecture: WheelTarget["architecture"] = "x86_64"): WheelTarget {
  return { id, python: platforms[id].python, architecture };
}

function setUp(files = sampleFiles) {
  const [appFolder, outputFolder] = [newFolder(), newFolder()];
  writeSampleApp(appFolder, files);
  const pip = makeFakePip(newFolder(), sampleWheels);
  const options: ReleaseOptions = {
    appFolder,
    requirements: "requirements.lock",
    module: "shop:app",
    staticFolder: "static",
    staticUrl: "/static/",
    targets: [targetOf("debian-13")],
    cacheFolder: newFolder(),
    outputFolder,
    pip: pip.command,
  };
  const build = (more: Partial<ReleaseOptions> = {}) => buildRelease({ ...options, ...more });
  const faults = async (more: Partial<ReleaseOptions> = {}) => {
    const error = await build(more).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SettingsError);
    expect(readdirSync(outputFolder)).toEqual([]);
    return (error as SettingsError).message;
  };
  return { appFolder, outputFolder, pip, build, faults };
}

const member = (archive: string, path: string) => execFileSync("tar", ["xzOf", archive, path], { encoding: "utf8" });
const stored = (archive: string) =>
  execFileSync("tar", ["tf", archive], { encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "" && !path.endsWith("/"));
const here = targetOf("debian-13");
const members = (archive: string) =>
  execFileSync("tar", ["tzf", archive], { encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "" && !path.endsWith("/"));

describe("a release", () => {
  test("holds the application, its static files under both names, the lock and what a host must know", async () => {
    const { id, applicationPath } = await setUp().build();
    // What an earlier version named by the same content: an update of Portico alone makes no new release.
    expect(id).toBe("702fd9ee8914");
    expect(applicationPath).toMatch(new RegExp(`/application-${id}\\.tar\\.gz$`));
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    const paths = members(applicationPath);
    expect(paths.filter((path) => !path.startsWith("app/"))).toEqual(["locks/3.13-x86_64.lock", "release.json"]);
    expect(paths).toEqual(
      expect.arrayContaining(["app/shop/__init__.py", "app/static/app.css", "app/static/manifest.json"]),
    );
    expect(paths).not.toContain("app/requirements.lock");
    const hashed = JSON.parse(member(applicationPath, "app/static/manifest.json"))["app.css"];
    expect(member(applicationPath, `app/static/${hashed}`)).toBe("body {}\n");
    expect(JSON.parse(member(applicationPath, "release.json"))).toEqual({
      id,
      module: "shop:app",
      targets: [{ python: "3.13", architecture: "x86_64", wheels: Object.keys(sampleWheels) }],
      staticFolder: "static",
      staticUrl: "/static/",
    });
    expect(member(applicationPath, "locks/3.13-x86_64.lock")).toBe(
      lockFor(sampleWheels).replace(/ *# via something\n/g, ""),
    );
  });

  test("needs no static files", async () => {
    const { applicationPath } = await setUp().build({ staticFolder: null });
    expect(members(applicationPath)).not.toContain("app/static/manifest.json");
    expect(JSON.parse(member(applicationPath, "release.json")).staticFolder).toBeNull();
  });

  test("has the same bytes from another folder, at another time, with another umask and order of files", async () => {
    const one = setUp();
    const two = setUp();
    rmSync(two.appFolder, { recursive: true });
    const umask = process.umask(0o077);
    writeSampleApp(two.appFolder, Object.fromEntries(Object.entries(sampleFiles).reverse()));
    process.umask(umask);
    mkdirSync(join(two.appFolder, "shop/__pycache__"));
    writeFileSync(join(two.appFolder, "shop/__pycache__/x.pyc"), "x");
    utimesSync(join(two.appFolder, "shop/__init__.py"), 1, 1);
    const [first, second] = [await one.build(), await two.build()];
    expect(second.id).toBe(first.id);
    expect(readFileSync(second.applicationPath).equals(readFileSync(first.applicationPath))).toBe(true);
  });

  test("is another one after any change that a host would notice", async () => {
    const { appFolder, build } = setUp();
    const ids = [(await build()).id];
    const after = async (change: () => void, more?: Partial<ReleaseOptions>) => {
      change();
      ids.push((await build(more)).id);
    };
    await after(() => writeFiles(appFolder, { "shop/__init__.py": "app = object( )\n" }));
    await after(() => chmodSync(join(appFolder, "bin/report"), 0o644));
    await after(() => writeFiles(appFolder, { "shop/more.py": "" }));
    await after(() => undefined, { module: "shop:app()" });
    await after(() => undefined, { staticUrl: "/assets/" });
    await after(() => undefined, { targets: [targetOf("debian-12")] });
    await after(() => undefined, { targets: [targetOf("debian-12", "aarch64")] });
    await after(() => undefined, { targets: [targetOf("debian-12"), targetOf("debian-13")] });
    expect(new Set(ids).size).toBe(9);
  });

  test("is the same one after a change of notes in the lock", async () => {
    const { appFolder, build } = setUp();
    const { id } = await build();
    writeFiles(appFolder, { "requirements.lock": `# made anew\n${lockFor(sampleWheels).replace("flask", "Flask")}` });
    expect((await build()).id).toBe(id);
  });

  test("is neither downloaded nor packed a second time", async () => {
    const { build, pip } = setUp();
    const first = await build();
    const archives = () => [first.applicationPath, first.wheelsPath(here)].map((path) => statSync(path).ino);
    const before = archives();
    const lines: string[] = [];
    const second = await build({ onProgress: (line) => lines.push(line) });
    expect([second.id, second.applicationPath]).toEqual([first.id, first.applicationPath]);
    expect(lines).toEqual([]);
    expect(pip.calls()).toHaveLength(1);
    expect(archives()).toEqual(before);
  });

  test("pushes out the oldest of more than ten of each kind, those of before wheels had their own among them", async () => {
    const { outputFolder, build } = setUp();
    const plant = (start: string, ending: string) =>
      Array.from({ length: 10 }, (_, index) => {
        const name = `${start}00000000000${index}${ending}`;
        writeFileSync(join(outputFolder, name), "");
        utimesSync(join(outputFolder, name), 100 - index, 100 - index);
        return name;
      });
    const former = plant("release-", ".tar.gz");
    const wheels = plant("wheels-", ".tar");
    const made = await build();
    const present = [made.applicationPath, made.wheelsPath(here)].map((path) => basename(path));
    const names = [...former.slice(0, 9), ...wheels.slice(0, 9), ...present];
    expect(readdirSync(outputFolder).sort()).toEqual(names.sort());
  });
});

describe("the wheels of a release", () => {
  test("have an archive of their own, of the same bytes for every application with the same lock", async () => {
    const one = await setUp().build();
    const two = await setUp({ ...sampleFiles, "shop/__init__.py": "app = object( )\n" }).build();
    expect(two.id).not.toBe(one.id);
    expect(basename(two.wheelsPath(here))).toBe(basename(one.wheelsPath(here)));
    expect(readFileSync(two.wheelsPath(here)).equals(readFileSync(one.wheelsPath(here)))).toBe(true);
  });

  test("are stored as they are, since they are zipped, under the digest of their content", async () => {
    const path = (await setUp().build()).wheelsPath(here);
    expect(readFileSync(path).subarray(257, 262).toString()).toBe("ustar");
    expect(stored(path)).toEqual(Object.keys(sampleWheels).map((name) => `wheels/${name}`));
    const entries = Object.entries(sampleWheels).map(([name, content]) => contentEntry(`wheels/${name}`, content));
    expect(basename(path)).toBe(`wheels-${contentDigest(entries).slice(0, 12)}.tar`);
  });

  test("are others with another lock", async () => {
    const { appFolder, build } = setUp();
    const before = (await build()).wheelsPath(here);
    const [, ...fewer] = Object.entries(sampleWheels);
    writeFiles(appFolder, { "requirements.lock": lockFor(Object.fromEntries(fewer)) });
    const pip = makeFakePip(newFolder(), Object.fromEntries(fewer));
    expect((await build({ pip: pip.command })).wheelsPath(here)).not.toBe(before);
  });
});

describe("a release is refused", () => {
  test("without its folder", async () => {
    expect(await setUp().faults({ appFolder: "/nowhere/app" })).toContain(
      'portico:app.folder: got "/nowhere/app"; allowed: a folder that exists; make it, or change the setting',
    );
  });

  test("without its lock file", async () => {
    const message = await setUp().faults({ requirements: "other.lock" });
    expect(message).toContain(
      'portico:app.requirements: got "other.lock"; allowed: a lock that exists: requirements with hashes, pylock.toml, uv.lock, poetry.lock or Pipfile.lock; requirements.lock is there',
    );
  });

  test("with a lock without hashes", async () => {
    expect(await setUp({ ...sampleFiles, "requirements.lock": "flask==3.1.3\ngunicorn==26.1.0\n" }).faults()).toContain(
      "flask==3.1.3 without a hash and 1 more",
    );
  });

  test.each([
    ["no gunicorn", "flask-3.1.3-py3-none-any.whl"],
    ["gunicorn==24.0.0", "gunicorn-24.0.0-py3-none-any.whl"],
    ["gunicorn==25.3.0", "gunicorn-25.3.0-py3-none-any.whl"],
    ["gunicorn==26.1rc1", "gunicorn-26.1rc1-py3-none-any.whl"],
  ])("with %s", async (found, wheel) => {
    const message = await setUp({ ...sampleFiles, "requirements.lock": lockFor({ [wheel]: "x" }) }).faults();
    expect(message).toContain(`got "${found}"; allowed: gunicorn 26.1 or newer; add gunicorn>=26.1`);
  });

  test.each([
    "shop",
    "shop:",
    "shop.app:create app()",
    "../shop:app",
    "shop:app; reboot",
    "missing:app",
    "shop.missing:app",
    "static:app",
  ])("with the module %s", async (module) => {
    expect(await setUp().faults({ module })).toContain("portico:app.module: got ");
  });

  test("with a static folder that is not there or not inside", async () => {
    for (const staticFolder of ["assets", "../static", "."])
      expect(await setUp().faults({ staticFolder })).toContain("portico:app.staticFolder: got ");
  });

  test("with a file for the root of the site that the static folder lacks", async () => {
    expect(await setUp().faults({ rootFiles: ["robots.txt"] })).toContain(
      'portico:app.rootFiles: got "robots.txt"; allowed: files of static; make static/robots.txt, or remove it from the list',
    );
  });

  test("with a link that leaves the folder", async () => {
    const { appFolder, faults } = setUp();
    symlinkSync("/etc/passwd", join(appFolder, "shop/users"));
    expect(await faults()).toContain(
      'portico:app.folder: got "shop/users, a link that leaves the folder, to /etc/passwd"',
    );
  });

  test("with all that is wrong told at once", async () => {
    const message = await setUp({ ...sampleFiles, "requirements.lock": "flask==3.1.3\n" }).faults({
      module: "missing:app",
      staticFolder: "assets",
    });
    expect(message).toContain("4 settings are wrong");
  });

  test("without a wheel for the platform", async () => {
    const pip = makeFakePip(
      newFolder(),
      {},
      "echo 'ERROR: No matching distribution found for flask==3.1.3' >&2; exit 1",
    );
    expect(await setUp().faults({ pip: pip.command })).toContain(
      "flask==3.1.3, which has no wheel for debian-13 (Python 3.13, x86_64)",
    );
  });
});

test("a module in a package or a file of its own is found", async () => {
  const { build } = setUp();
  await expect(build({ module: "shop.pages.list:pages" })).resolves.toBeDefined();
});

test("an application that hosts would refuse by its size is refused before anything is packed", async () => {
  const { faults } = setUp();
  const { releaseMembers } = contract.limits;
  Object.assign(contract.limits, { releaseMembers: 1 });
  try {
    expect(await faults()).toMatch(/app\.folder: got .* bytes in \d+ files.*at most \d+ bytes in 1;/);
  } finally {
    Object.assign(contract.limits, { releaseMembers });
  }
});
