import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** What a reader can hold: files of one folder, lines of one file and of most. */
const mostFiles = 12;
const mostLines = 250;
const medianLines = 100;

const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", "*.ts", "*.py"], {
  encoding: "utf8",
});
const sources = listed.split("\n").filter((file) => file !== "" && !/(^|\/)tests\//.test(file) && existsSync(file));
const program = sources.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));

const linesOf = (file: string) => readFileSync(file, "utf8").split("\n").length - 1;

function importsOf(file: string): string[] {
  const found = ts
    .preProcessFile(readFileSync(file, "utf8"))
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."));
  const places = found.map((name) => path.join(path.dirname(file), name));
  return places.map((place) => [`${place}.ts`, `${place}/index.ts`].find((each) => program.includes(each)) ?? place);
}

/** The first way from a file back to itself that is found; imports of types count. */
function findCircle(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    done.add(file);
    for (const next of imports.get(file) ?? []) {
      const circle = walk(next, [...way, file]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = walk(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

function groupByFolder(files: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const file of files) folders.set(path.dirname(file), [...(folders.get(path.dirname(file)) ?? []), file]);
  return folders;
}

test("a circle of imports is found, and a fork is none", () => {
  expect(
    findCircle(
      new Map([
        ["a", ["b", "c"]],
        ["b", ["d"]],
        ["c", ["d"]],
        ["d", []],
      ]),
    ),
  ).toBeUndefined();
  expect(
    findCircle(
      new Map([
        ["a", ["b"]],
        ["b", ["c"]],
        ["c", ["b"]],
      ]),
    ),
  ).toEqual(["b", "c", "b"]);
});

test("there is no circle of imports, nor of imports of types", () => {
  const imports = new Map(program.map((file) => [file, importsOf(file)]));
  expect([...imports.values()].flat().length).toBeGreaterThan(400);
  expect(findCircle(imports)).toBeUndefined();
});

test(`no folder has more than ${mostFiles} source files`, () => {
  const folders = groupByFolder(sources.filter((file) => path.basename(file) !== "__init__.py"));
  expect(
    [...folders].filter(([, files]) => files.length > mostFiles).map(([folder, files]) => `${folder}: ${files.length}`),
  ).toEqual([]);
});

test(`no source file has more than ${mostLines} lines, most have fewer than ${medianLines}`, () => {
  const lengths = sources.map((file) => ({ file, lines: linesOf(file) }));
  expect(lengths.filter(({ lines }) => lines > mostLines)).toEqual([]);
  expect(
    lengths.map(({ lines }) => lines).sort((left, right) => left - right)[Math.floor(lengths.length / 2)],
  ).toBeLessThanOrEqual(medianLines);
});
