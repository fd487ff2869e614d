import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readAppTree } from "../../../lib/release/appTree";
import { moduleFaults } from "../../../lib/release/checks";
import { installProject } from "../../../lib/release/project/install";
import { writeFiles } from "../../support/sampleApp";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();
const manifest = `[project]
name = "My-Shop"
version = "1.2"
description = "Sells"
requires-python = ">=3.11"
dependencies = ["flask[async]>=3 ; python_version > '3'"]

[project.optional-dependencies]
Fast = ["speedups; sys_platform == 'linux' or sys_platform == 'darwin'"]

[project.scripts]
shop = "shop.cli:main"
report = "shop.cli:main"

[project.entry-points."shop.plugins"]
first = "shop.cli:plugin"
`;
const cli = 'import sys\n\ndef main():\n    print("sold", *sys.argv[1:])\n    return 3\n\nplugin = "a plugin"\n';
const project = {
  "pyproject.toml": manifest,
  "src/shop/__init__.py": "",
  "src/shop/cli.py": cli,
  "src/my_shop.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: my-shop\nVersion: 0.1\n",
  "bin/report": "#!/bin/sh\necho own\n",
};

async function install(files: Record<string, string>, source = "src") {
  const appFolder = newFolder();
  writeFiles(appFolder, files);
  if ("bin/report" in files) chmodSync(join(appFolder, "bin/report"), 0o755);
  return installProject(await readAppTree(appFolder), { appFolder, source });
}

/** Writes the files as a host has them. */
function unpacked({ tree }: Awaited<ReturnType<typeof install>>): string {
  const folder = newFolder();
  for (const { path, source, mode } of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof source === "string" ? readFileSync(source) : source);
    chmodSync(join(folder, path), mode);
  }
  return folder;
}

const interpreter = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
const run = (cwd: string, command: string[], source = "src") =>
  execFileSync("env", command, {
    cwd,
    encoding: "utf8",
    env: { PATH: `${dirname(interpreter)}:/usr/bin:/bin`, PYTHONPATH: source },
  }).trim();

test("what an installer would write of a project lies where its packages are, and Python finds it", async () => {
  const installed = await install(project);
  expect(installed.faults).toEqual([]);
  expect(installed.tree.map(({ path }) => path)).not.toContain("src/my_shop.egg-info/PKG-INFO");
  const folder = unpacked(installed);
  const script = `import json, importlib.metadata as m
import shop
mine = m.distribution("my-shop")
print(json.dumps([mine.version, mine.requires, mine.metadata["Summary"], [e.load() for e in m.entry_points(group="shop.plugins")]]))`;
  expect(JSON.parse(run(folder, ["python", "-c", script]))).toEqual([
    "1.2",
    [
      'flask[async]>=3; python_version > "3"',
      'speedups ; (sys_platform == "linux" or sys_platform == "darwin") and extra == "fast"',
    ],
    "Sells",
    ["a plugin"],
  ]);
});

test("its scripts are programs in bin, but for one whose name is taken", async () => {
  const folder = unpacked(await install(project));
  const outcome = run(folder, ["sh", "-c", "bin/shop now; echo $?; bin/report"]);
  expect(outcome.split("\n")).toEqual(["sold now", "3", "own"]);
});

test("nothing of it runs for that, and a version that only its build knows is said to be that", async () => {
  const mark = join(newFolder(), "mark");
  const touch = `open(${JSON.stringify(mark)}, "w").close()\n`;
  const dynamic = manifest.replace('version = "1.2"', 'dynamic = ["version"]');
  const backend = '[build-system]\nrequires = []\nbuild-backend = "build_it"\nbackend-path = ["."]\n';
  const files = { "setup.py": touch, "build_it.py": touch, "json.py": touch, "src/shop/__init__.py": touch };
  const { tree, faults } = await install({ ...files, "pyproject.toml": `${dynamic}\n${backend}` });
  expect(faults).toEqual([]);
  expect(tree.map(({ path }) => path)).toContain("src/my_shop-0+dynamic.dist-info/METADATA");
  expect(() => readFileSync(mark)).toThrow("ENOENT");
});

test("the folder itself may be the source, with the table that Poetry had before", async () => {
  const old = '[tool.poetry]\nname = "shop"\nversion = "3.0"\n[tool.poetry.scripts]\nshop = "shop.cli:main"\n';
  const files = { "pyproject.toml": old, "shop/__init__.py": "", "shop/cli.py": cli };
  const folder = unpacked(await install(files, "."));
  expect(run(folder, ["python", "-c", "import shop, importlib.metadata as m; print(m.version('shop'))"], ".")).toBe(
    "3.0",
  );
});

test("without a project there is no metadata, and the files stay as they are", async () => {
  for (const text of [undefined, "[tool.black]\nline-length = 100\n"]) {
    const files = { "src/shop/__init__.py": "", ...(text !== undefined && { "pyproject.toml": text }) };
    const { tree, faults } = await install(files);
    expect(faults).toEqual([]);
    expect(tree.map(({ path }) => path).filter((path) => path !== "pyproject.toml")).toEqual(["src/shop/__init__.py"]);
  }
});

test.each([
  ['name = "../x"', "the name '../x'"],
  ['name = "x"\nversion = "one"', "one"],
  ['name = "x"\ndependencies = ["a b"]', "a b"],
  ['name = "x"\nscripts = { "../../etc/x" = "a:b" }', "../../etc/x"],
  ['name = "x"\nscripts = { x = "a:b; import os" }', "import os"],
  ['name = "x"\nscripts = { x = "a" }', "names no function"],
  ['name = "x"\nentry-points = { "g]\\nx" = { a = "b" } }', "entry point"],
  ['name = "x"\ndependencies = 1', "another type"],
  ["name = ", "line 2"],
])("a project that means nothing, %j, is refused", async (table, why) => {
  const { faults } = await install({ "src/x.py": "", "pyproject.toml": `[project]\n${table}\n` });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject({ key: "app.sourceFolder" });
  expect(String(faults[0]!.value)).toContain(why);
});

test("a folder that is not there is refused", async () => {
  const { faults } = await install({ "shop.py": "" });
  expect(faults[0]).toMatchObject({ key: "app.sourceFolder", value: "src" });
});

test("a module below src is found with the setting, and without it the setting is named", async () => {
  const { tree } = await install(project);
  expect(moduleFaults("shop.cli:main", tree, "src")).toEqual([]);
  expect(moduleFaults("shop.cli:main", tree, null)[0]!.remedy).toBe("it is below src: set app.sourceFolder: src");
  expect(moduleFaults("shop.cly:main", tree, "src")[0]!.remedy).toContain("nor src/shop/cly.py");
});
