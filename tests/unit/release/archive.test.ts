import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../../lib/base/digest";
import { type ArchiveEntry, contentDigest, contentEntry, writeArchive } from "../../../lib/release/archive";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();
const entries = [
  contentEntry("app/shop/__init__.py", "app"),
  { ...contentEntry("app/bin/x", "#!"), mode: 0o755 as const },
  contentEntry("app/empty", ""),
  contentEntry("release.json", "{}"),
];
const listing = (path: string) =>
  execFileSync("tar", ["--list", "--verbose", "--numeric-owner", "--full-time", "--utc", "--gzip", "--file", path], {
    encoding: "utf8",
  });

async function written(files: readonly ArchiveEntry[]): Promise<string> {
  const path = join(newFolder(), "archive.tar.gz");
  await writeArchive(files, path);
  return path;
}

describe("a release archive", () => {
  test("holds root's files without times, folders before what is in them", async () => {
    const lines = listing(await written(entries))
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/));
    expect(lines.map((line) => [line[0], line[5]])).toEqual([
      ["drwxr-xr-x", "app/"],
      ["drwxr-xr-x", "app/bin/"],
      ["drwxr-xr-x", "app/shop/"],
      ["-rwxr-xr-x", "app/bin/x"],
      ["-rw-r--r--", "app/empty"],
      ["-rw-r--r--", "app/shop/__init__.py"],
      ["-rw-r--r--", "release.json"],
    ]);
    expect(lines.every((line) => line[1] === "0/0" && line[3] === "1970-01-01" && line[4] === "00:00:00")).toBe(true);
  });

  test("has the same bytes whatever the order of its entries", async () => {
    const [one, two] = [await written(entries), await written([...entries].reverse())];
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
  });

  test("holds long names and names in any language", async () => {
    const long = `app/${"folder-with-a-long-name/".repeat(9)}${"f".repeat(120)}.txt`;
    const path = await written([contentEntry(long, "long"), contentEntry("app/größe/名.txt", "x")]);
    const script = "import sys, tarfile; print([(m.name, m.size) for m in tarfile.open(sys.argv[1]) if m.isreg()])";
    expect(
      execFileSync("python3", ["-c", script, path], {
        encoding: "utf8",
        env: { ...process.env, PYTHONIOENCODING: "utf-8" },
      }),
    ).toBe(`[('${long}', 4), ('app/größe/名.txt', 1)]\n`);
  });

  test("holds files larger than one piece of reading", async () => {
    const source = join(newFolder(), "large");
    const content = Buffer.alloc(700_001, "x");
    writeFileSync(source, content);
    const path = await written([
      { path: "app/large", mode: 0o644, size: content.length, sha256: sha256(content), source },
    ]);
    expect(execFileSync("tar", ["xzOf", path, "app/large"], { maxBuffer: 1e6 }).equals(content)).toBe(true);
  });

  test("is for this user's eyes alone", async () => expect(statSync(await written(entries)).mode & 0o777).toBe(0o600));

  test.each([
    ["longer", "longer than before"],
    ["shorter", "s"],
    ["of other content", "other!"],
  ])("is refused when a file became %s since it was hashed", async (_, content) => {
    const source = join(newFolder(), "file");
    writeFileSync(source, content);
    const changed = { ...contentEntry("app/file", "before"), source };
    await expect(written([changed, ...entries])).rejects.toThrow(
      "app/file: got a file that changed while it was packed",
    );
  });

  test("is refused when a file went away", async () => {
    await expect(written([{ ...contentEntry("app/file", "x"), source: "/nowhere/file" }])).rejects.toThrow("ENOENT");
  });
});

describe("the digest of a release", () => {
  test("knows paths, modes and contents, and no order", () => {
    const digest = contentDigest(entries);
    expect(contentDigest([...entries].reverse())).toBe(digest);
    const others = [
      entries.slice(1),
      [...entries, contentEntry("app/more", "")],
      [{ ...entries[0]!, path: "app/shop/init.py" }, ...entries.slice(1)],
      [{ ...entries[0]!, mode: 0o755 as const }, ...entries.slice(1)],
      [contentEntry("app/shop/__init__.py", "apP"), ...entries.slice(1)],
    ].map(contentDigest);
    expect(new Set([digest, ...others]).size).toBe(6);
  });

  test("stays what it is from version to version of Portico", () => {
    expect(contentDigest([contentEntry("release.json", "{}")])).toBe(
      "f1553ca8a4bf9b8e4d54134a9e8fa08ec71798f059915f6be7873f9d7c3cd0cb",
    );
  });
});
