import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { checkout } from "../support/checkoutCopy";
import type { Probe } from "./probe";

/** The one file whose path ends so; of several, the one that is `wanted`. The list of probes itself has every text, and is never meant. */
function findFile(
  files: readonly string[],
  end: string,
  below = "",
  wanted: (file: string) => boolean = () => true,
): string {
  const fitting = files.filter(
    (file) => (file === end || file.endsWith(`/${end}`)) && file.startsWith(below) && !file.startsWith("tests/probes/"),
  );
  const found = fitting.length > 1 ? fitting.filter(wanted) : fitting;
  if (found.length !== 1)
    throw new Error(
      `${end}: got ${found.join(", ") || "no such file"}; allowed: the end of the path of one file; name more of it, or the folder in \`below\``,
    );
  return found[0]!;
}

/** A probe whose files were found and whose text is where it has to be. */
export interface Resolved extends Probe {
  path: string;
  original: string;
  faulty: string;
  jestFiles: string[];
  /** Modules by the folder to run them from. */
  modules: { folder: string; module: string }[];
}

export function resolve(probe: Probe, files: readonly string[]): Resolved {
  try {
    const read = (name: string): string => readFileSync(path.join(checkout, name), "utf8");
    const file = findFile(files, probe.file, probe.below, (name) => read(name).includes(probe.find));
    const original = read(file);
    const parts = original.split(probe.find);
    const wanted = probe.count ?? 1;
    if (parts.length - 1 !== wanted)
      throw new Error(
        `find: got ${parts.length - 1} times in ${file}; allowed: ${wanted}; change the probe with the file`,
      );
    const jestFiles = (probe.jest ?? []).map((end) => findFile(files, end, "tests/"));
    const modules = (probe.python ?? []).map((name) => placeModule(findFile(files, `${name}.py`)));
    if (jestFiles.length + modules.length === 0)
      throw new Error("tests: got none; allowed: at least one that has to notice the fault");
    return { ...probe, path: file, original, faulty: parts.join(probe.replace), jestFiles, modules };
  } catch (error) {
    throw new Error(`probe ${probe.name}: ${(error as Error).message}`, { cause: error });
  }
}

/** The host program's tests import each other as modules of their own folder, all others as parts of the checkout. */
function placeModule(file: string): { folder: string; module: string } {
  const folder = file.startsWith("hostProgram/tests/") ? "hostProgram/tests" : ".";
  return { folder, module: path.relative(folder, file).replace(/\.py$/, "").replaceAll("/", ".") };
}

/** Refuses faults that no program could read, or that name what nobody defines: they prove nothing about the tests. */
export function refuseUnreadable(probes: readonly Resolved[]): void {
  const python = probes.filter(({ path: file }) => file.endsWith(".py"));
  const complaints = [
    ...probes
      .filter(({ path: file }) => file.endsWith(".ts"))
      .map(({ name, original, faulty }) => [name, complaintOfTypeScript(original, faulty)] as const),
    ...complaintsOfPython(python).map((complaint, index) => [python[index]!.name, complaint] as const),
  ].filter(([, complaint]) => complaint !== "");
  if (complaints.length > 0)
    throw new Error(
      complaints.map(([name, complaint]) => `probe ${name}: got text that is no program: ${complaint}`).join("\n"),
    );
}

function complaintOfTypeScript(original: string, faulty: string): string {
  const known = new Set(faultsOfTypeScript(original));
  return faultsOfTypeScript(faulty)
    .filter((fault) => !known.has(fault))
    .join("; ");
}

const cannotFindName = [2304, 2552, 18004];

/** What cannot be parsed, and what is used without being defined, imported or a part of Node. No other file is read. */
function faultsOfTypeScript(text: string): string[] {
  const source = ts.createSourceFile("probe.ts", text, ts.ScriptTarget.ES2022);
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, noLib: true, noResolve: true, types: [] };
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(options),
    getSourceFile: (name) => (name === source.fileName ? source : undefined),
  };
  const program = ts.createProgram([source.fileName], options, host);
  const undefinedNames = program
    .getSemanticDiagnostics(source)
    .filter(({ code }) => cannotFindName.includes(code))
    .map(messageOf)
    .filter((message) => !(/'(\w+)'/.exec(message)![1]! in globalThis));
  return [...program.getSyntacticDiagnostics(source).map(messageOf), ...undefinedNames];
}

function messageOf({ messageText }: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(messageText, " ");
}

const checkPython = `
import ast, builtins, json, sys
def names(tree, kinds):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, kinds)}
def complaint(original, faulty):
    try:
        before, after = ast.parse(original), ast.parse(faulty)
    except SyntaxError as error:
        return str(error)
    used = names(after, ast.Load) - names(before, ast.Load) - names(after, ast.Store) - set(dir(builtins))
    bound = {getattr(node, "arg", None) or getattr(node, "asname", None) or getattr(node, "name", None) for node in ast.walk(after)}
    return "; ".join(f"name {name!r} is not defined" for name in sorted(used - bound))
print(json.dumps([complaint(*texts) for texts in json.load(sys.stdin)]))
`;

function complaintsOfPython(probes: readonly Resolved[]): string[] {
  const input = JSON.stringify(probes.map(({ original, faulty }) => [original, faulty]));
  return JSON.parse(execFileSync("python3", ["-c", checkPython], { input, encoding: "utf8" })) as string[];
}

export function put(folder: string, file: string, text: string): void {
  const place = path.join(folder, file);
  const { mode } = lstatSync(place);
  writeFileSync(place, text, { mode });
}
