import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../../lib/base/digest";
import { contract } from "../../../lib/base/contract";
import { queryPackaging } from "../../../lib/release/python/distributions";
import { hostMarkers } from "../../../lib/release/python/markers";
import { missingDependencies } from "../../../lib/release/python/dependencies";
import { parseLocks } from "../../../lib/release/python/requirements";
import { fetchWheels } from "../../../lib/release/python/wheels";
import { writeFiles } from "../../support/sampleApp";
import { temporaryFolders } from "../../support/temporaryFolder";
import { writeWheel } from "../../support/wheelFile";

/** The real pip, and packages that leave a mark when anything of them runs on this computer. */
const newFolder = temporaryFolders();
const target = { id: "debian-13", python: "3.13", architecture: "x86_64" } as const;
const metadata = "Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n";

function place() {
  const folder = newFolder();
  const mark = join(folder, "mark");
  return { folder, mark, line: `open(${JSON.stringify(mark)}, "w").close()\n` };
}

function sourcePackage() {
  const { folder, mark, line } = place();
  mkdirSync(join(folder, "links"));
  writeFiles(join(folder, "hostile-1.0"), { "setup.py": line, "PKG-INFO": metadata });
  const file = join(folder, "links", "hostile-1.0.tar.gz");
  execFileSync("tar", ["czf", file, "-C", folder, "hostile-1.0"]);
  return { folder, mark, links: join(folder, "links"), hash: sha256(readFileSync(file)) };
}

const lockOf = (text: string, folder: string) => parseLocks(text, folder, [hostMarkers("3.13", "x86_64")])[0]!;

test.each(["--find-links LINKS --no-binary :all:", "--no-index --no-binary=hostile", "--find-links=LINKS -r x"])(
  "a line of options, %s, is refused by its number",
  (options) => {
    const { links, hash, folder } = sourcePackage();
    const text = `# made by hand\n${options.replace("LINKS", links)}\nhostile==1.0 \\\n  --hash=sha256:${hash}\n`;
    const { lock, faults } = lockOf(text, folder);
    expect(lock.indexOptions).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]!.value).toContain("line 2: --");
  },
);

test.each(["\u0085", "\u2028", "\f", "\x1c"])("nor does the sign %j, a line's end for pip, hide one", (sign) => {
  expect(lockOf(`--find-links x${sign}--no-binary :all:\n`, "/nowhere").lock.indexOptions).toEqual([]);
});

test("pip settings of the user that ask for sources compile nothing", async () => {
  const { folder, mark, links, hash } = sourcePackage();
  const settings = join(folder, "pip.conf");
  writeFileSync(settings, "[global]\nno-binary = :all:\nno-build-isolation = true\n");
  const previous = { ...process.env };
  Object.assign(process.env, { PIP_CONFIG_FILE: settings, PIP_NO_BINARY: ":all:" });
  try {
    const { lock, faults } = lockOf(`--no-index\n--find-links ${links}\nhostile==1.0 --hash=sha256:${hash}\n`, folder);
    expect(faults).toEqual([]);
    await expect(fetchWheels(lock, { target, cacheFolder: newFolder() })).rejects.toThrow("has no wheel for debian-13");
  } finally {
    process.env = previous;
  }
  expect(existsSync(mark)).toBe(false);
  // Without our options pip runs it: the mark can be left.
  const words = ["-m", "pip", "download", "--no-index", "--no-build-isolation", "--find-links", links];
  spawnSync("python3", [...words, "--no-binary", ":all:", "--dest", newFolder(), "hostile"]);
  expect(existsSync(mark)).toBe(true);
});

test("nothing of a wheel runs when it is fetched and read", async () => {
  const { folder, mark, line } = place();
  const names = ["sitecustomize", "usercustomize", "conftest", "json", "ssl", "compileall", "pip", "zipfile"];
  const files = Object.fromEntries([...names.map((name) => [`${name}.py`, line]), ["start.pth", `import os; ${line}`]]);
  const entryPoints = "[console_scripts]\npip = json:main\n[pip.commands]\nx = json:main\n";
  const path = writeWheel(folder, { ...files, "hostile-1.0.dist-info/entry_points.txt": entryPoints });
  const text = `--no-index\n-f ${folder}\nhostile==1.0 --hash=sha256:${sha256(readFileSync(path))}\n`;
  const { lock } = lockOf(text, folder);
  await expect(fetchWheels(lock, { target, cacheFolder: newFolder() })).resolves.toHaveLength(1);
  expect(existsSync(mark)).toBe(false);
  spawnSync("python3", ["-c", `import sys; sys.path.insert(0, ${JSON.stringify(path)}); import conftest`]);
  expect(existsSync(mark)).toBe(true);
});

test("metadata that unpacks to more than 4 MiB is refused", () => {
  const requirement = { name: "hostile", extras: "", version: "1.0", hashes: [] };
  const path = writeWheel(newFolder(), {}, 5 << 20);
  const wheels = [{ name: "hostile", requirement, path, size: 1, sha256: "" }];
  expect(() => missingDependencies(wheels, target)).toThrow(
    /METADATA of more than 4194304 bytes; allowed: at most that/,
  );
});

test.each(["releaseUnpackedBytes", "releaseMembers"])(
  "wheels beyond %s are refused before they go to a host",
  (name) => {
    const path = writeWheel(newFolder(), { "hostile.py": "x = 1\n" });
    const about = { wheels: [{ name: "hostile", extras: [], path }], environment: hostMarkers("3.13", "x86_64") };
    const ask = (limits: object) => queryPackaging("missing", { ...about, limits: { ...contract.limits, ...limits } });
    expect(ask({})).toEqual([]);
    expect(() => ask({ [name]: 2 })).toThrow(
      /wheels: got \d+ bytes in 4 files and folders, unpacked; allowed: at most/,
    );
  },
);
