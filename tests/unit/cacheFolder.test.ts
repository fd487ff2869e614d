import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "../support/cacheFolder";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();
const content = (place: string) => readFileSync(join(place, "who"), "utf8");

test("a folder of the cache is made once", () => {
  const place = join(newFolder(), "tools", "one");
  const made = ["first", "second"].map((who) =>
    content(madeOnce(place, (folder) => writeFileSync(join(folder, "who"), who))),
  );
  expect(made).toEqual(["first", "first"]);
});

test("of two that make it at once the faster one wins, and the other is content", () => {
  const folder = newFolder();
  const place = join(folder, "one");
  const slower = (temporary: string) => {
    writeFileSync(join(temporary, "who"), "slower");
    mkdirSync(place);
    writeFileSync(join(place, "who"), "faster");
  };
  expect(content(madeOnce(place, slower))).toBe("faster");
  expect(readdirSync(folder)).toEqual(["one"]);
});

test("what fails leaves nothing, and says why", () => {
  const folder = newFolder();
  const failing = (temporary: string) => {
    writeFileSync(join(temporary, "half"), "");
    throw new Error("no index answers");
  };
  expect(() => madeOnce(join(folder, "one"), failing)).toThrow("no index answers");
  expect(readdirSync(folder)).toEqual([]);
});
