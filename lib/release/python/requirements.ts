import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { compareBytes } from "../../base/canonicalJson";
import type { Fault } from "../../settings/faults";
import { withoutCredentials } from "./credentials";
import { type MarkerEnvironment, markerHolds } from "./markers";
import { isVersion } from "./version";

/** One package of a lock file, as the host gets it: exactly one version, and the files that it may be. */
export interface Requirement {
  /** Normalised: lower case, words joined by dashes. */
  name: string;
  /** With brackets, or empty: "[standard]". */
  extras: string;
  version: string;
  /** SHA-256 of every file that the lock allows, 64 hex digits each, sorted. */
  hashes: string[];
}

export interface Lock {
  /** What applies to the host, sorted by name. */
  requirements: Requirement[];
  /** Lines that tell pip where to look. They may hold credentials: never show or ship them. */
  indexOptions: string[];
}

const howToLock =
  "make it with `pip-compile --generate-hashes` or `uv export --no-emit-project --no-dev -o requirements.lock`";
const indexOption = /^(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host|--no-index)(?=[=\s]|$)/;
const impliedOption = /^(--require-hashes|--only-binary|--prefer-binary)(?=[=\s]|$)/;

/**
 * Reads the lock file `text` for a host that `environment` describes. Paths in it are relative to `folder`.
 * Nothing is thrown: `faults` tells all that is wrong with it.
 */
export function parseLock(
  text: string,
  folder: string,
  environment: MarkerEnvironment,
): { lock: Lock; faults: Fault[] } {
  const lock: Lock = { requirements: [], indexOptions: [] };
  const faults: Fault[] = [];
  for (const line of logicalLines(text)) {
    if (indexOption.test(line)) lock.indexOptions.push(absoluteLinks(line, folder));
    else if (!impliedOption.test(line)) readRequirement(line, environment, lock, faults);
  }
  lock.requirements.sort((left, right) => compareBytes(left.name, right.name));
  const unhashed = lock.requirements.filter(({ hashes }) => hashes.length === 0);
  if (unhashed[0] !== undefined) faults.push(withoutHashes(unhashed[0], unhashed.length));
  return { lock, faults: [...faults, ...repeated(lock.requirements)] };
}

/** The lock file of one host: no markers, no comments, no index. Equal locks give equal bytes. */
export function formatLock(requirements: readonly Requirement[]): string {
  return requirements
    .map(({ name, extras, version, hashes }) =>
      [`${name}${extras}==${version}`, ...hashes.map((hash) => `    --hash=sha256:${hash}`)].join(" \\\n"),
    )
    .map((requirement) => `${requirement}\n`)
    .join("");
}

export function lockFault(value: unknown, allowed: string, remedy: string): Fault {
  return { key: "app.requirements", value, allowed, remedy };
}

export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Joins lines that end with a backslash and drops comments, as pip does. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let pending = "";
  for (const line of text.split(/\r?\n/)) {
    const continues = line.endsWith("\\") && !/^\s*#/.test(line);
    pending += ` ${continues ? line.slice(0, -1) : line}`;
    if (continues) continue;
    lines.push(pending);
    pending = "";
  }
  return [...lines, pending].map((line) => line.replace(/\s#.*$/, "").trim()).filter((line) => line !== "");
}

const requirementForm =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*==\s*([^\s;]+)\s*(?:;\s*(.+))?$/;
const hashForm = /\s--hash[=\s]+(\w+):([0-9a-fA-F]+)/g;

function readRequirement(line: string, environment: MarkerEnvironment, lock: Lock, faults: Fault[]): void {
  const match = requirementForm.exec(line.replace(hashForm, "").trim());
  const version = match?.[3] ?? "";
  if (match === null || !isVersion(version)) {
    faults.push(
      lockFault(
        withoutCredentials(line),
        "lines of the form name==version --hash=sha256:…",
        `one file for all, without -r, -e, paths or URLs: ${howToLock}`,
      ),
    );
    return;
  }
  try {
    if (match[4] !== undefined && !markerHolds(match[4], environment)) return;
  } catch (error) {
    faults.push(
      lockFault(
        line.replace(hashForm, ""),
        "environment markers of the dependency specifiers standard",
        (error as Error).message,
      ),
    );
    return;
  }
  const hashes = [...line.matchAll(hashForm)]
    .filter(([, algorithm]) => algorithm === "sha256")
    .map(([, , hash]) => hash!.toLowerCase());
  const extras = (match[2] ?? "").replace(/\s/g, "");
  lock.requirements.push({ name: normalizeName(match[1]!), extras, version, hashes: [...new Set(hashes)].sort() });
}

function withoutHashes({ name, version }: Requirement, count: number): Fault {
  const others = count === 1 ? "" : ` and ${count - 1} more`;
  return lockFault(
    `${name}==${version} without a hash${others}`,
    "at least one --hash=sha256:… for each package",
    howToLock,
  );
}

function repeated(requirements: readonly Requirement[]): Fault[] {
  const twice = requirements.find(({ name }, index) => requirements[index - 1]?.name === name);
  return twice === undefined ? [] : [lockFault(`${twice.name} twice`, "one line for each package", howToLock)];
}

/** pip reads relative folders of --find-links from the lock file's place, and gets a copy elsewhere. */
function absoluteLinks(line: string, folder: string): string {
  const match = /^(-f|--find-links)[=\s]\s*(.+)$/.exec(line);
  if (match === null) return line;
  const path = resolve(folder, match[2]!);
  return existsSync(path) ? `${match[1]} ${path}` : line;
}
