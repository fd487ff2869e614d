import { sortedByPath, type HostFile } from "../../lib/hostFiles/hostFile";

const file = (path: string): HostFile => ({
  path,
  content: "",
  mode: "0644",
  owner: "root",
  group: "root",
  effect: "none",
});

test("sorts byte for byte and leaves what it was given alone", () => {
  const given = [file("/b"), file("/a_"), file("/aZ"), file("/é")];
  expect(sortedByPath(given).map(({ path }) => path)).toEqual(["/aZ", "/a_", "/b", "/é"]);
  expect(given[0]!.path).toBe("/b");
});

test("refuses two files of one path", () => {
  expect(() => sortedByPath([file("/a"), file("/b"), file("/a")])).toThrow(/^\/a: got two files; allowed: .+; .+$/);
});
