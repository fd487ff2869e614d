import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAppTree } from "../../../lib/release/appTree";
import { SettingsError } from "../../../lib/settings/faults";
import { writeFiles } from "../../support/sampleApp";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();

function folderWith(files: Record<string, string>): string {
  const folder = newFolder();
  writeFiles(folder, files);
  return folder;
}

const paths = async (folder: string, without: string[] = []) =>
  (await readAppTree(folder, without)).map(({ path }) => path);
const faultsOf = async (folder: string) => {
  const error = await readAppTree(folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SettingsError);
  return (error as SettingsError).faults;
};

describe("the files of an application", () => {
  test("come in the order of their bytes, whatever the language", async () => {
    const folder = folderWith({ "é.py": "", "b.py": "", "B.py": "", "a/z.py": "", "a.py": "", "a-b.py": "" });
    expect(await paths(folder)).toEqual(["B.py", "a-b.py", "a.py", "a/z.py", "b.py", "é.py"]);
  });

  test("are without what tools leave and without .env files", async () => {
    const junk = [
      "__pycache__/a.pyc",
      "pkg/__pycache__/b.py",
      "c.pyc",
      ".venv/bin/python",
      "venv/x",
      "sub/venv/x",
      ".git/HEAD",
      "node_modules/x/y.js",
      ".pytest_cache/x",
      ".portico/dev/x",
      ".env",
      "sub/.env.production",
      ".porticoignore",
    ];
    const folder = folderWith(
      Object.fromEntries([...junk, "app.py", "tests/test_app.py", "environment.py"].map((path) => [path, ""])),
    );
    expect(await paths(folder)).toEqual(["app.py", "environment.py", "tests/test_app.py"]);
  });

  test("are without what .porticoignore names, as Git reads it", async () => {
    const folder = folderWith({
      ".porticoignore": "# not needed there\ntests/\n*.md\n!NOTICE.md\n/docs\n!.env.example\n",
      "tests/a.py": "",
      "pkg/tests/b.py": "",
      "README.md": "",
      "NOTICE.md": "",
      "docs/x": "",
      "pkg/docs/x": "",
      "app.py": "",
      "TESTS/a.py": "",
      ".env.example": "",
    });
    expect(await paths(folder)).toEqual([".env.example", "NOTICE.md", "TESTS/a.py", "app.py", "pkg/docs/x"]);
  });

  test("are without the files that the caller names", async () => {
    const folder = folderWith({ "app.py": "", "requirements.lock": "" });
    expect(await paths(folder, [join(folder, "requirements.lock"), join(folder, "absent")])).toEqual(["app.py"]);
  });

  test("have one of two modes, for programs and for all others", async () => {
    const folder = folderWith({ program: "", open: "", closed: "" });
    chmodSync(join(folder, "program"), 0o740);
    chmodSync(join(folder, "open"), 0o666);
    chmodSync(join(folder, "closed"), 0o600);
    expect((await readAppTree(folder)).map(({ path, mode }) => [path, mode])).toEqual([
      ["closed", 0o644],
      ["open", 0o644],
      ["program", 0o755],
    ]);
  });
});

describe("a database file in an application", () => {
  const databases = [
    "db.sqlite3",
    "db.sqlite3-wal",
    "db.sqlite3-shm",
    "data/app.db",
    "data/app.db-journal",
    "old.SQLITE",
    "x.db3",
  ];

  test("is refused by its name, with both ways out, whatever it is called", async () => {
    const faults = await faultsOf(
      folderWith({ "app.py": "", ...Object.fromEntries(databases.map((path) => [path, ""])) }),
    );
    expect(faults.map(({ value }) => value).sort()).toEqual(databases.map((path) => `${path}, a database file`).sort());
    const { key, remedy } = faults.find(({ value }) => value === "data/app.db, a database file")!;
    expect(key).toBe("app.folder");
    expect(remedy).toContain("by the line data/app.db in .porticoignore");
    expect(remedy).toContain("the line !data/app.db takes it in");
  });

  test("is left out, or taken in, by a line of .porticoignore", async () => {
    expect(
      await paths(
        folderWith({ "app.py": "", "db.sqlite3": "", "db.sqlite3-wal": "", ".porticoignore": "db.sqlite3*\n" }),
      ),
    ).toEqual(["app.py"]);
    expect(
      await paths(folderWith({ "app.py": "", "data/cities.db": "", ".porticoignore": "!data/cities.db\n" })),
    ).toEqual(["app.py", "data/cities.db"]);
    expect(await paths(folderWith({ "app.py": "", "data/cities.db": "", ".porticoignore": "!*.db\n" }))).toEqual([
      "app.py",
      "data/cities.db",
    ]);
  });

  test("is none where only the name is like one, and what another system leaves stays out", async () => {
    expect(
      await paths(folderWith({ "db.py": "", "sqlite3.txt": "", db: "", "a.db.py": "", "img/Thumbs.db": "" })),
    ).toEqual(["a.db.py", "db", "db.py", "sqlite3.txt"]);
  });
});

describe("links in an application", () => {
  test("that stay inside become copies", async () => {
    const folder = folderWith({ "assets/logo.svg": "<svg/>", "node_modules/lib/dist/lib.js": "lib" });
    mkdirSync(join(folder, "static"));
    symlinkSync("../assets/logo.svg", join(folder, "static/logo.svg"));
    symlinkSync(join(folder, "node_modules/lib/dist"), join(folder, "static/vendor"));
    const entries = await readAppTree(folder);
    expect(entries.map(({ path }) => path)).toEqual(["assets/logo.svg", "static/logo.svg", "static/vendor/lib.js"]);
    expect(entries[0]!.sha256).toBe(entries[1]!.sha256);
  });

  test("work in a folder that is reached through a link itself", async () => {
    const folder = folderWith({ "a.py": "" });
    symlinkSync("a.py", join(folder, "b.py"));
    const link = join(newFolder(), "app");
    symlinkSync(folder, link);
    expect(await paths(link)).toEqual(["a.py", "b.py"]);
  });

  test("that leave the folder, lead nowhere or go round in circles are refused, all in one", async () => {
    const folder = folderWith({ "a.py": "" });
    const outside = folderWith({ secret: "s" });
    symlinkSync(join(outside, "secret"), join(folder, "file"));
    symlinkSync(outside, join(folder, "folder"));
    symlinkSync("..", join(folder, "parent"));
    symlinkSync("missing", join(folder, "missing-link"));
    symlinkSync(".", join(folder, "circle"));
    const faults = await faultsOf(folder);
    expect(faults.map(({ value }) => value).sort()).toEqual([
      "circle, a link to a folder that it lies in",
      `file, a link that leaves the folder, to ${outside}/secret`,
      `folder, a link that leaves the folder, to ${outside}`,
      "missing-link, a link that leads nowhere",
      expect.stringContaining("parent, a link that leaves the folder"),
    ]);
    expect(faults[0]).toMatchObject({
      key: "app.folder",
      allowed: expect.stringContaining("inside the application folder"),
    });
  });

  test("are not looked at where they are left out", async () => {
    const folder = folderWith({ "a.py": "", ".porticoignore": "current" });
    symlinkSync("/", join(folder, "current"));
    symlinkSync("/usr/bin/python3", join(folder, ".venv"));
    expect(await paths(folder)).toEqual(["a.py"]);
  });
});

describe("what is no file", () => {
  test("is refused", async () => {
    const folder = folderWith({ "a.py": "" });
    execFileSync("mkfifo", [join(folder, "pipe")]);
    symlinkSync("pipe", join(folder, "link"));
    expect((await faultsOf(folder)).map(({ value }) => value).sort()).toEqual([
      "link, a link to a socket, pipe or device",
      "pipe, a socket, pipe or device",
    ]);
  });

  test("is a name that is not UTF-8, and is refused too", async () => {
    const folder = folderWith({ "a.py": "" });
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/b`), Buffer.from([0xff])]), "");
    expect((await faultsOf(folder))[0]!.value).toContain("a name that is not UTF-8");
  });
});
