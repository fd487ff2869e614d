import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pruneFiles, writeOnce } from "../../lib/base/outputFiles";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();
const fill = (content: string) => async (path: string) => writeFileSync(path, content);
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

describe("a file named by its content", () => {
  test("is written once, and marked as used after that", async () => {
    const path = join(newFolder(), "below", "file-1");
    await writeOnce(path, fill("one"));
    utimesSync(path, hoursAgo(5), hoursAgo(5));
    await writeOnce(path, fill("two"));
    expect(readFileSync(path, "utf8")).toBe("one");
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
  });

  test("is not there when writing it failed, nor is anything beside it", async () => {
    const folder = newFolder();
    const failing = async (path: string) => {
      writeFileSync(path, "half");
      throw new Error("no space");
    };
    await expect(writeOnce(join(folder, "file-1"), failing)).rejects.toThrow("no space");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is whole when two write it at once", async () => {
    const path = join(newFolder(), "file-1");
    await Promise.all([writeOnce(path, fill("same")), writeOnce(path, fill("same"))]);
    expect(readFileSync(path, "utf8")).toBe("same");
  });
});

describe("pruning", () => {
  function folderWith(names: string[]): string {
    const folder = newFolder();
    names.forEach((name, age) => {
      writeFileSync(join(folder, name), "");
      utimesSync(join(folder, name), hoursAgo(age), hoursAgo(age));
    });
    return folder;
  }

  test("keeps the last used and the current one, however old, and nothing else of the kind", async () => {
    const folder = folderWith(["file-0", "file-1", "file-2", "file-3", "file-4", "other"]);
    await pruneFiles(folder, /^file-\d$/, "file-4", 3);
    expect(readdirSync(folder).sort()).toEqual(["file-0", "file-1", "file-4", "other"]);
  });

  test("keeps ten when not told otherwise", async () => {
    const folder = folderWith(Array.from({ length: 12 }, (_, index) => `file-${String.fromCharCode(97 + index)}`));
    await pruneFiles(folder, /^file-[a-z]$/, "file-a");
    expect(readdirSync(folder)).toHaveLength(10);
    expect(existsSync(join(folder, "file-k"))).toBe(false);
  });

  test("removes what a killed run left a day ago, and nothing that one may be writing", async () => {
    const folder = folderWith(["file-1", ".file-1.77.0badc0de", ".other.77.0badc0de"]);
    writeFileSync(join(folder, ".file-2.78.0badc0de"), "");
    utimesSync(join(folder, ".file-2.78.0badc0de"), hoursAgo(25), hoursAgo(25));
    await pruneFiles(folder, /^file-\d$/, "file-1", 3);
    expect(readdirSync(folder).sort()).toEqual([".file-1.77.0badc0de", ".other.77.0badc0de", "file-1"]);
  });
});
