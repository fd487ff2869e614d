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

/** Refuses faults that no program could read: they prove nothing about the tests. */
export function refuseUnreadable(probes: readonly Resolved[]): void {
  const python = probes.filter(({ path: file }) => file.endsWith(".py"));
  const complaints = [
    ...probes
      .filter(({ path: file }) => file.endsWith(".ts"))
      .map(({ name, faulty }) => [name, complaintOfTypeScript(faulty)] as const),
    ...complaintsOfPython(python.map(({ faulty }) => faulty)).map(
      (complaint, index) => [python[index]!.name, complaint] as const,
    ),
  ].filter(([, complaint]) => complaint !== "");
  if (complaints.length > 0)
    throw new Error(
      complaints.map(([name, complaint]) => `probe ${name}: got text that is no program: ${complaint}`).join("\n"),
    );
}

function complaintOfTypeScript(text: string): string {
  const { diagnostics = [] } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")).join("; ");
}

const judgePython = `
import ast, json, sys
def complaint(text):
    try:
        ast.parse(text)
        return ""
    except SyntaxError as error:
        return str(error)
print(json.dumps([complaint(text) for text in json.load(sys.stdin)]))
`;

function complaintsOfPython(texts: readonly string[]): string[] {
  return JSON.parse(
    execFileSync("python3", ["-c", judgePython], { input: JSON.stringify(texts), encoding: "utf8" }),
  ) as string[];
}

export function put(folder: string, file: string, text: string): void {
  const place = path.join(folder, file);
  const { mode } = lstatSync(place);
  writeFileSync(place, text, { mode });
}
