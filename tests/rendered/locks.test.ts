import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LockOptions, readLocks } from "../../lib/release/locks/readLocks";
import { copyOf, lockWith } from "../support/lockingTools";
import { PackageIndex, writeWheels } from "../support/packageIndex";
import { writeFiles } from "../support/sampleApp";
import { temporaryFolders } from "../support/temporaryFolder";

/** The real tools make locks of a project from an index of this computer, and the same tools export them. */
const newFolder = temporaryFolders();
const [wheels, cache] = [newFolder(), newFolder()];
const index = new PackageIndex(wheels);
const debian13 = { id: "debian-13", python: "3.13", architecture: "x86_64" } as const;
const debian12 = { id: "debian-12", python: "3.11", architecture: "aarch64" } as const;

const linux = (python: string, machine: string) => `cp${python}-cp${python}-manylinux_2_17_${machine}`;
const onLinux = ["11", "13"].flatMap((minor) => ["x86_64", "aarch64"].map((machine) => linux(`3${minor}`, machine)));
const packages = [
  { name: "gunicorn", version: "26.1.0" },
  { name: "web", version: "3.0", requires: ['helper; extra == "async"'], extras: ["async"] },
  ...["helper", "old-python", "only-windows", "of-extra", "of-dev", "of-prod"].map((name) => ({
    name,
    version: "1.0",
  })),
  ...onLinux.map((tag) => ({ name: "fast", version: "2.0", tag })),
];

const dependencies = [
  "gunicorn>=26.1",
  "web[async]",
  "fast",
  "old-python; python_version < '3.12'",
  "only-windows; sys_platform == 'win32'",
];
const list = (names: readonly string[]) => `[${names.map((name) => `"${name}"`).join(", ")}]`;
const project = (wanted: readonly string[] = dependencies) => `[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ${list(wanted)}

[project.optional-dependencies]
more = ["of-extra"]

[dependency-groups]
dev = ["of-dev"]
prod = ["of-prod"]
`;
const pipfile = (url: string) => `[[source]]
name = "here"
url = "${url}"
verify_ssl = false

[packages]
gunicorn = ">=26.1"
web = {version = "*", extras = ["async"]}
fast = "*"
old-python = {version = "*", markers = "python_version < '3.12'"}
only-windows = {version = "*", markers = "sys_platform == 'win32'"}

[dev-packages]
of-dev = "*"

[prod]
of-prod = "*"
`;

/** uv writes extras and groups as if they were all wanted; the standard has markers for them, which PDM writes. */
function markOptional(path: string): void {
  const marked = Object.entries({
    extra: "'more' in extras",
    dev: "'dev' in dependency_groups",
    prod: "'prod' in dependency_groups",
  });
  const text = marked.reduce(
    (lock, [name, marker]) => lock.replace(`name = "of-${name}"\n`, (line) => `${line}marker = "${marker}"\n`),
    readFileSync(path, "utf8"),
  );
  const declared = 'extras = ["more"]\ndependency-groups = ["dev", "prod"]\n';
  writeFileSync(
    path,
    text.replace(/^\[\[packages/m, (start) => `${declared}\n${start}`),
  );
}

/** Folders of the project, by the name of the lock. */
const locked: Record<string, string> = {};
const locks = ["uv.lock", "poetry.lock", "Pipfile.lock", "pylock.toml"];
const withGroups = locks.filter((name) => name !== "Pipfile.lock");

jest.setTimeout(600_000);
beforeAll(async () => {
  writeWheels(wheels, packages);
  await index.listen();
  for (const name of locks) locked[name] = newFolder();
  const source = `[[tool.poetry.source]]\nname = "here"\nurl = "${index.url}"\npriority = "primary"\n`;
  writeFiles(locked["uv.lock"]!, { "pyproject.toml": project() });
  writeFiles(locked["pylock.toml"]!, { "pyproject.toml": project() });
  writeFiles(locked["poetry.lock"]!, { "pyproject.toml": `${project()}\n${source}` });
  writeFiles(locked["Pipfile.lock"]!, { Pipfile: pipfile(index.url) });
  await lockWith("uv", ["lock"], locked["uv.lock"]!, index.url);
  const everything = ["--all-extras", "--all-groups", "--no-emit-project", "--output-file", "pylock.toml"];
  await lockWith("uv", ["export", "--format", "pylock.toml", ...everything], locked["pylock.toml"]!, index.url);
  markOptional(join(locked["pylock.toml"]!, "pylock.toml"));
  await lockWith("poetry", ["lock"], locked["poetry.lock"]!, index.url);
  await lockWith("pipenv", ["lock"], locked["Pipfile.lock"]!, index.url);
  // From here on no tool has an index, nor needs one.
  await index.close();
});

function read(folder: string, requirements: string, more: Partial<LockOptions> = {}) {
  return readLocks({ appFolder: folder, requirements, targets: [debian13, debian12], ...more });
}

const namesOf = ({ locks: found }: Awaited<ReturnType<typeof read>>) =>
  found.map(({ lock }) => lock.requirements.map(({ name }) => name).filter((name) => name !== "helper"));

const main = ["fast", "gunicorn", "web"];
const mainOn311 = ["fast", "gunicorn", "old-python", "web"];

describe.each(locks)("%s", (name) => {
  test("has the main dependencies of each host, by its markers, with the hashes of their wheels", async () => {
    const found = await read(locked[name]!, name);
    expect(found.faults).toEqual([]);
    // By the names of targets: 3.11 first. Pipenv knows the Python that locked only.
    if (name !== "Pipfile.lock") expect(namesOf(found)).toEqual([mainOn311, main]);
    for (const names of namesOf(found)) {
      expect(names).toEqual(expect.arrayContaining(main));
      expect(names).not.toEqual(expect.arrayContaining(["only-windows"]));
      expect(names.filter((each) => each.startsWith("of-"))).toEqual([]);
    }
    const fast = found.locks[0]!.lock.requirements.find((each) => each.name === "fast")!;
    expect(fast.version).toBe("2.0");
    expect(fast.hashes.length).toBe(onLinux.length);
    expect(found.locks[0]!.lock.requirements.map((each) => each.name)).toContain("helper");
    expect(found.locks[0]!.lock.indexOptions).toEqual([]);
  });

  test("has the groups that are asked for, and no other", async () => {
    const found = await read(locked[name]!, name, { groups: ["prod"] });
    expect(found.faults).toEqual([]);
    for (const names of namesOf(found)) expect(names.filter((each) => each.startsWith("of-"))).toEqual(["of-prod"]);
  });

  test("refuses a group that it has not", async () => {
    const { faults } = await read(locked[name]!, name, { groups: ["nowhere"] });
    expect(faults).toHaveLength(1);
    expect(`${String(faults[0]!.value)} ${faults[0]!.remedy}`).toContain("nowhere");
  });

  test("is read once: the second time no tool runs", async () => {
    const { PATH } = process.env;
    process.env.PATH = "/nowhere";
    try {
      expect((await read(locked[name]!, name)).faults).toEqual([]);
    } finally {
      process.env.PATH = PATH;
    }
  });

  test("of a form that is not known is refused by what was found", async () => {
    const folder = copyOf(locked[name]!, newFolder());
    const text = readFileSync(join(folder, name), "utf8");
    const later = text
      .replace(/^version = 1$/m, "version = 9")
      .replace(/lock-version = "\d.\d"/, 'lock-version = "9.0"')
      .replace(/"pipfile-spec": 6/, '"pipfile-spec": 9');
    expect(later).not.toBe(text);
    writeFileSync(join(folder, name), later);
    const { faults } = await read(folder, name);
    expect(faults).toHaveLength(1);
    expect(faults[0]!.key).toBe("app.requirements");
    expect(String(faults[0]!.value)).toMatch(new RegExp(`^${name}: .*(version|compatible|pipfile-spec 9)`));
  });
});

describe.each(withGroups)("%s", (name) => {
  test("has the extras that are asked for, and refuses one that it has not", async () => {
    const found = await read(locked[name]!, name, { extras: ["more"] });
    expect(found.faults).toEqual([]);
    for (const names of namesOf(found)) expect(names.filter((each) => each.startsWith("of-"))).toEqual(["of-extra"]);
    expect((await read(locked[name]!, name, { extras: ["nowhere"] })).faults).toHaveLength(1);
  });
});

test("Pipfile.lock has no extras", async () => {
  const { faults } = await read(locked["Pipfile.lock"]!, "Pipfile.lock", { extras: ["more"] });
  expect(faults[0]!.value).toContain("which Pipenv has none of");
});

describe.each(["uv.lock", "poetry.lock", "Pipfile.lock"])("%s, with a newer file that it was made of", (name) => {
  test("is refused, and the command that mends it is named", async () => {
    const folder = copyOf(locked[name]!, newFolder());
    const manifest = name === "Pipfile.lock" ? "Pipfile" : "pyproject.toml";
    const text = readFileSync(join(folder, manifest), "utf8");
    writeFileSync(
      join(folder, manifest),
      text.replace(/"?gunicorn( = ")?>=26.1/, (all) => all.replace("26.1", "26.2")),
    );
    const { faults } = await read(folder, name);
    expect(faults).toHaveLength(1);
    expect(String(faults[0]!.value)).toMatch(/asks for now|older than|out-of-date/);
    expect(faults[0]!.remedy).toMatch(/run `(uv|poetry|pipenv) lock`/);
  });

  test("is refused alone", async () => {
    const folder = newFolder();
    writeFiles(folder, { [name]: readFileSync(join(locked[name]!, name), "utf8") });
    const { faults } = await read(folder, name);
    expect(faults[0]!.value).toMatch(/: no (pyproject.toml|Pipfile) beside it$/);
  });
});

test("a project for a newer Python than this computer's is exported without the comparison, which is said", async () => {
  const folder = copyOf(locked["uv.lock"]!, newFolder());
  for (const name of ["uv.lock", "pyproject.toml"]) {
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.replace('requires-python = ">=3.11"', 'requires-python = ">=3.99"'));
  }
  const said: string[] = [];
  const { faults, locks: found } = await read(folder, "uv.lock", { onProgress: (line) => said.push(line) });
  expect(faults).toEqual([]);
  expect(found[1]!.lock.requirements.map((each) => each.name)).toContain("gunicorn");
  expect(said.join()).toContain("taken as it is");
});

test("what comes from a path is refused by its name", async () => {
  const folder = newFolder();
  writeFiles(folder, {
    "pyproject.toml": `${project(["gunicorn>=26.1", "beside"])}\n[tool.uv.sources]\nbeside = { path = "beside" }\n`,
    "beside/pyproject.toml": '[project]\nname = "beside"\nversion = "1.0"\n',
    "pylock.toml":
      'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "beside"\ndirectory = { path = "beside" }\n[[packages]]\nname = "shop"\ndirectory = { path = "." }\n',
  });
  const { faults } = await read(folder, "pylock.toml");
  expect(faults.map(({ value }) => value)).toEqual([
    "pylock.toml: beside as directory, where debian-12 (Python 3.11, aarch64) needs a wheel",
  ]);
});

describe("nothing of a project runs", () => {
  const hostile = (mark: string) => ({
    "setup.py": `open(${JSON.stringify(mark)}, "w").close()\n`,
    "build_it.py": `open(${JSON.stringify(mark)}, "w").close()\n`,
    "sitecustomize.py": `open(${JSON.stringify(mark)}, "w").close()\n`,
    "poetry.py": `open(${JSON.stringify(mark)}, "w").close()\n`,
    ".venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.11.0\n",
    ".venv/bin/python": `#!/bin/sh\ntouch ${mark}\n`,
    ".env": "PIPENV_VERBOSITY=1\n",
  });

  test.each(locks)("when %s is read, not even its build, its plugins or its interpreter", async (name) => {
    const folder = copyOf(locked[name]!, newFolder());
    const mark = join(cache, `mark-${name}`);
    writeFiles(folder, hostile(mark));
    // Another lock than the ones that were read before.
    appendFileSync(join(folder, name), "\n");
    const { faults } = await read(folder, name);
    expect(faults).toEqual([]);
    expect(existsSync(mark)).toBe(false);
    expect(readdirSync(folder)).not.toContain("__pycache__");
  });

  test("where uv would have to build, it is refused", async () => {
    const folder = copyOf(locked["uv.lock"]!, newFolder());
    const mark = join(cache, "mark-build");
    writeFiles(folder, {
      ...hostile(mark),
      "pyproject.toml": `${project().replace(/^dependencies = .*$/m, 'dynamic = ["dependencies"]')}[build-system]\nrequires = []\nbuild-backend = "build_it"\nbackend-path = ["."]\n`,
    });
    const { faults } = await read(folder, "uv.lock");
    expect(faults).toHaveLength(1);
    expect(faults[0]!.remedy).toContain("uv export --no-emit-project");
    expect(existsSync(mark)).toBe(false);
  });

  test("a plugin that a pyproject.toml asks of Poetry is not installed", async () => {
    const folder = copyOf(locked["poetry.lock"]!, newFolder());
    const text = readFileSync(join(folder, "pyproject.toml"), "utf8");
    writeFileSync(join(folder, "pyproject.toml"), `${text}\n[tool.poetry.requires-plugins]\nevil-plugin = "*"\n`);
    expect((await read(folder, "poetry.lock", { extras: ["more"] })).faults).toEqual([]);
    expect(readdirSync(folder)).not.toContain(".poetry");
  });
});

test("credentials in an address of a lock are neither shown nor kept", async () => {
  const folder = newFolder();
  writeFiles(folder, {
    "pylock.toml":
      'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "web"\nversion = "1"\nvcs = { type = "git", url = "https://me:planted-secret@example.org/web", commit-id = "1" }\n',
  });
  const { faults } = await read(folder, "pylock.toml");
  expect(JSON.stringify(faults)).toContain("web as vcs");
  expect(JSON.stringify(faults)).not.toContain("planted-secret");
});
