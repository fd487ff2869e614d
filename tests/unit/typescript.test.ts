import { execFileSync } from "node:child_process";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
const loader = path.resolve("lib/base/typescript.js");
const compilerLoaded = `Object.keys(require.cache).some((file) => file.includes("@swc/core/index"))`;

/** A file of TypeScript in a folder with a cache of its own. */
class Trial {
  readonly folder = makeFolder();
  readonly cache = path.join(this.folder, "cache");
  readonly compiled = path.join(this.cache, "typescript");
  readonly file = path.join(this.folder, "main.ts");

  write(text: string): this {
    writeFileSync(this.file, text);
    return this;
  }

  run(): string {
    return execFileSync("node", ["-r", loader, this.file], {
      encoding: "utf8",
      env: { ...process.env, PORTICO_CACHE_DIR: this.cache, NODE_PATH: path.resolve("node_modules") },
    }).trim();
  }

  entries(): string[] {
    return readdirSync(this.compiled).map((name) => path.join(this.compiled, name));
  }
}

const program = (answer: string) =>
  `enum Kind { A = "${answer}" }\nexport const kind: Kind = Kind.A;\nconsole.log(kind, ${compilerLoaded});\n`;

test("TypeScript is run, and compiled once", () => {
  const trial = new Trial().write(program("first"));
  expect([trial.run(), trial.run()]).toEqual(["first true", "first false"]);
});

test("a changed source is compiled again, and the source of before is still there", () => {
  const trial = new Trial().write(program("first"));
  trial.run();
  expect(trial.write(program("other")).run()).toBe("other true");
  expect(trial.write(program("first")).run()).toBe("first false");
});

test("what was cut off on the disk is compiled again", () => {
  const trial = new Trial().write(program("first"));
  trial.run();
  writeFileSync(trial.entries()[0]!, '{"code":');
  expect([trial.run(), trial.run()]).toEqual(["first true", "first false"]);
});

test("what nobody compiled for a month is removed", () => {
  const trial = new Trial().write(program("first"));
  trial.run();
  utimesSync(trial.entries()[0]!, new Date(0), new Date(0));
  trial.write(program("other")).run();
  expect(trial.entries()).toHaveLength(1);
});

test("a cache that cannot be written costs time only, and nobody else reads it", () => {
  const trial = new Trial().write(program("first"));
  trial.run();
  expect(execFileSync("stat", ["-c", "%a", trial.compiled, ...trial.entries()], { encoding: "utf8" })).toBe(
    "700\n600\n",
  );
  writeFileSync(path.join(trial.folder, "no-folder"), "");
  const elsewhere = { ...process.env, PORTICO_CACHE_DIR: path.join(trial.folder, "no-folder") };
  expect(execFileSync("node", ["-r", loader, trial.file], { encoding: "utf8", env: elsewhere })).toBe("first true\n");
});

test("a stack names the lines of the source", () => {
  const lines = ["import path from 'node:path';", "interface A { b: string }", "", "const a: A = { b: path.sep };"];
  const fails = [...lines, "function fail(value: A): never {", "  throw new Error(value.b);", "}"];
  const catches = ["try { fail(a); } catch (error) {", "  console.log((error as Error).stack);", "}"];
  const stack = new Trial().write([...fails, ...catches].join("\n")).run();
  expect(stack).toMatch(/^Error: \/\n {4}at fail \(.*main\.ts:6:9\)\n {4}at .*main\.ts:8:7/);
});

test("the modules that the SDK seldom uses are loaded by whoever does use them", () => {
  const trial = new Trial().write(
    [
      `const loaded = () => Object.keys(require.cache).some((file) => file.endsWith("/typescript/lib/typescript.js"));`,
      `const ts = require("typescript"); const before = loaded();`,
      `console.log(before, typeof ts.version, "transpile" in ts, Object.keys(ts).length > 1000, loaded());`,
    ].join("\n"),
  );
  expect(trial.run()).toBe("false string true true true");
});

test("the engine's SDK registers no other compiler", () => {
  const trial = new Trial().write("console.log(process.env.PULUMI_NODEJS_TYPESCRIPT);");
  const environment = { ...process.env, PORTICO_CACHE_DIR: trial.cache, PULUMI_NODEJS_TYPESCRIPT: "true" };
  expect(execFileSync("node", ["-r", loader, trial.file], { encoding: "utf8", env: environment })).toBe("undefined\n");
});
