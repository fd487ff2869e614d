import { readdirSync, readFileSync, utimesSync, writeFileSync, mkdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { hostMarkers } from "../../../lib/release/python/markers";
import type { WheelTarget } from "../../../lib/release/python/platformTags";
import { parseLocks } from "../../../lib/release/python/requirements";
import { formatWheelLock } from "../../../lib/release/python/wheelCache";
import { fetchWheels } from "../../../lib/release/python/wheels";
import { lockFor, makeFakePip } from "../../support/fakePip";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();
const target: WheelTarget = { id: "debian-13", python: "3.13", architecture: "x86_64" };
const files = {
  "gunicorn-26.1.0-py3-none-any.whl": "g",
  "flask-3.1.3-py3-none-any.whl": "f",
  "zope_interface-7.0-cp313-cp313-manylinux2014_x86_64.whl": "z",
};
const lock = parseLocks(lockFor(files), "/", [hostMarkers("3.13", "x86_64")])[0]!.lock;

function setUp(says?: string) {
  const pip = makeFakePip(newFolder(), files, says);
  const cacheFolder = newFolder();
  const fetch = (more = {}) => fetchWheels(lock, { target, cacheFolder, pip: pip.command, ...more });
  const cached = () => readdirSync(join(cacheFolder, "wheels")).map((name) => join(cacheFolder, "wheels", name));
  return { pip, cacheFolder, fetch, cached };
}

describe("fetching wheels", () => {
  test("downloads all of them once, and asks pip no more", async () => {
    const { pip, fetch } = setUp();
    const first = await fetch();
    expect(first.map(({ name }) => name)).toEqual(Object.keys(files).sort());
    expect(await fetch()).toEqual(first);
    expect(pip.calls()).toHaveLength(1);
    expect(pip.calls()[0]).toMatch(
      /^download --require-hashes --only-binary=:all: --no-deps .*--python-version 3\.13 .*--platform manylinux_2_41_x86_64/,
    );
  });

  test("keeps wheels of another platform apart", async () => {
    const { pip, fetch, cached } = setUp();
    await fetch();
    await fetch({ target: { ...target, id: "debian-12", python: "3.11" } });
    expect(pip.calls()).toHaveLength(2);
    expect(cached()).toHaveLength(2);
  });

  test("reports how far it is", async () => {
    const lines: string[] = [];
    await setUp().fetch({ onProgress: (line: string) => lines.push(line) });
    expect(lines[0]).toBe("wheels: fetching 3 for debian-13 (Python 3.13, x86_64)");
    expect(lines[3]).toMatch(/^wheels: 3 of 3: /);
  });

  test("hands credentials of the lock to pip in a file that only this user reads, and leaves none in the cache", async () => {
    const { pip, cacheFolder, cached } = setUp(
      'stat -c %a requirements.lock >> "$0.mode"; for wheel in "${0%pip}index"/*; do cp "$wheel" wheels/; done',
    );
    const secret = parseLocks(`--index-url https://me:secret@example.org/simple\n${lockFor(files)}`, "/", [
      hostMarkers("3.13", "x86_64"),
    ])[0]!.lock;
    await fetchWheels(secret, { target, cacheFolder, pip: pip.command });
    expect(pip.lock()).toContain("https://me:secret@example.org/simple");
    expect(pip.calls()[0]).not.toContain("secret");
    expect(readFileSync(`${pip.command[0]}.mode`, "utf8")).toBe("600\n");
    expect(cached().flatMap((folder) => readdirSync(folder))).toEqual(Object.keys(files).sort());
  });

  test("downloads again what was damaged or removed in the cache", async () => {
    const { pip, fetch, cached } = setUp();
    const first = await fetch();
    writeFileSync(join(cached()[0]!, first[0]!.name), "damaged");
    expect(await fetch()).toEqual(first);
    expect(pip.calls()).toHaveLength(2);
    expect(readFileSync(first[0]!.path, "utf8")).toBe("f");
  });

  test("serves two runs at once", async () => {
    const { fetch, cached } = setUp();
    const [one, two] = await Promise.all([fetch(), fetch()]);
    expect(one).toEqual(two);
    expect(cached()).toHaveLength(1);
  });

  test("leaves nothing behind when pip fails", async () => {
    const { fetch, cached } = setUp("echo 'ERROR: No matching distribution found for flask==3.1.3' >&2; exit 1");
    await expect(fetch()).rejects.toThrow("flask==3.1.3, which has no wheel for debian-13");
    expect(cached()).toEqual([]);
  });

  test("refuses files that the lock does not name", async () => {
    const { fetch, cached } = setUp("echo other > wheels/flask-3.1.3-py3-none-any.whl");
    await expect(fetch()).rejects.toThrow("got other files than the lock names");
    expect(cached()).toEqual([]);
  });

  test("clears away what killed runs left and what is long unused", async () => {
    const { cacheFolder, fetch, cached } = setUp();
    const ages: [string, number][] = [
      ["a".repeat(32), 100],
      ["b".repeat(32), 10],
      [`${"a".repeat(32)}.Xy12Zq`, 2],
      [`${"b".repeat(32)}.Xy12Zq`, 0],
    ];
    for (const [name, days] of ages) {
      mkdirSync(join(cacheFolder, "wheels", name), { recursive: true });
      utimesSync(join(cacheFolder, "wheels", name), new Date(), new Date(Date.now() - days * 86_400_000 - 1000));
    }
    await fetch();
    expect(ages.map(([name]) => existsSync(join(cacheFolder, "wheels", name)))).toEqual([false, true, false, true]);
    expect(cached()).toHaveLength(3);
  });

  test("writes a lock of exactly what was fetched", async () => {
    const text = formatWheelLock(await setUp().fetch());
    expect(text.match(/--hash/g)).toHaveLength(3);
    expect(text).toMatch(/^zope-interface==7\.0 \\$/m);
  });
});
