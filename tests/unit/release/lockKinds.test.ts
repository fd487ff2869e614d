import { lockKind, unknownKind } from "../../../lib/release/locks/kinds";
import { readLocks } from "../../../lib/release/locks/readLocks";
import { writeFiles } from "../../support/sampleApp";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();
const hash = `--hash=sha256:${"a".repeat(64)}`;

/** `tests/rendered/locks.test.ts` has the locks of the tools themselves. */
function read(files: Record<string, string>, requirements: string, more = {}) {
  const appFolder = newFolder();
  writeFiles(appFolder, files);
  return readLocks({ appFolder, requirements, targets: [], ...more });
}

test.each([
  ["uv.lock", "uv"],
  ["deploy/poetry.lock", "poetry"],
  ["Pipfile.lock", "pipenv"],
  ["pylock.toml", "pylock"],
  ["pylock.prod.toml", "pylock"],
  ["requirements.txt", "requirements"],
  ["requirements.lock", "requirements"],
  ["my-uv.lock", "requirements"],
  ["pylock.prod.linux.toml", "requirements"],
])("%s is of the kind %s", (path, kind) => {
  expect(lockKind(path)).toBe(kind);
});

test.each([
  ["version = 1\n[[package]]\n"],
  ['# by pdm\n\n[metadata]\ngroups = ["default"]\n'],
  ['{\n  "lockfileVersion": 3\n'],
  ["version: 6\npackages:\n"],
])("a file of another tool, %j, is refused once and with what is known", async (text) => {
  const { faults, locks } = await read({ "pdm.lock": text }, "pdm.lock");
  expect(locks).toEqual([]);
  expect(faults).toHaveLength(1);
  expect(faults[0]!.value).toMatch(/^pdm.lock, which begins with \S/);
  for (const name of ["requirements", "pylock.toml", "uv.lock", "poetry.lock", "Pipfile.lock"])
    expect(faults[0]!.allowed).toContain(name);
});

test.each([
  `flask==3.1.3 ${hash}`,
  `flask == 3.1.3 ${hash}`,
  "--index-url https://example.org/simple",
  "# only a comment",
  "",
  "zope.interface==7 ; python_version == '3.13'",
])("requirements that begin with %j are read as such", (line) => {
  expect(unknownKind("requirements.txt", `${line}\n`)).toEqual([]);
});

test("where the lock is missing, those that are there are named", async () => {
  const { faults } = await read({ "uv.lock": "", "requirements.txt": "" }, "requirements.lock");
  expect(faults[0]!.remedy).toMatch(/^uv.lock and requirements.txt are there: set app.requirements; /);
  expect((await read({}, "requirements.lock")).faults[0]!.remedy).toMatch(/^make one with .*`uv lock`/);
});

test("extras and groups are refused where the lock is a file of requirements", async () => {
  const { faults } = await read({ "a.txt": `flask==3.1.3 ${hash}\n` }, "a.txt", { extras: ["x"], groups: ["y"] });
  expect(faults.map(({ key, value }) => [key, value])).toEqual([
    ["app.extras", ["x"]],
    ["app.groups", ["y"]],
  ]);
});

test("a lock without the file that it was made of is refused before any tool is there", async () => {
  const { faults } = await read({ "uv.lock": "version = 1\n" }, "uv.lock");
  expect(faults[0]!.value).toBe("uv.lock: no pyproject.toml beside it");
});
