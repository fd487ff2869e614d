import { basename } from "node:path";
import { lockFault } from "../python/requirements";
import type { Fault } from "../../settings/faults";

/** The locks that a tool of their own turns into requirements with hashes. */
export type ForeignKind = "uv" | "poetry" | "pipenv" | "pylock";
export type LockKind = ForeignKind | "requirements";

const foreignNames: readonly [RegExp, ForeignKind][] = [
  [/^uv\.lock$/, "uv"],
  [/^poetry\.lock$/, "poetry"],
  [/^Pipfile\.lock$/, "pipenv"],
  [/^pylock(\.[^.]+)?\.toml$/, "pylock"],
];

export const lockNames = "requirements with hashes, pylock.toml, uv.lock, poetry.lock or Pipfile.lock";

/** Each kind has a name of its own, which its tool looks for; all else is read as requirements. */
export function lockKind(path: string): LockKind {
  const name = basename(path);
  return foreignNames.find(([pattern]) => pattern.test(name))?.[1] ?? "requirements";
}

/** A table, a setting of TOML, an object of JSON, a key of YAML: no line of requirements begins so. */
const otherForm = /^\s*(\[|\{|[\w."-]+\s*=[^=]|[\w"-]+:(\s|$))/;

/** For what is to be read as requirements and is the file of some other tool: one fault, not one for each of its lines. */
export function unknownKind(name: string, text: string): Fault[] {
  const first = text.split("\n").find((line) => line.trim() !== "" && !/^\s*#/.test(line));
  if (first === undefined || !otherForm.test(first)) return [];
  return [
    lockFault(
      `${name}, which begins with ${first.trim().slice(0, 40)}`,
      `a lock of a kind that is known by its name: ${lockNames}`,
      "keep the name that its tool gave it, or export requirements with hashes from it, and name that file",
    ),
  ];
}
