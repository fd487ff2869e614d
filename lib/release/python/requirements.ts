import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { compareBytes } from "../../base/canonicalJson";
import { shellWord } from "../../base/shellWords";
import type { Fault } from "../../settings/faults";
import { withoutCredentials } from "./credentials";
import { queryPackaging, type LockLine } from "./distributions";
import { keptLines } from "./keptLines";
import type { MarkerEnvironment } from "./markers";

/** One package of a lock file, as the host gets it: exactly one version, and the files that it may be. */
export interface Requirement {
  /** Normalised: lower case, words joined by dashes. */
  name: string;
  /** With brackets, or empty: "[standard]". */
  extras: string;
  version: string;
  /** SHA-256 of every file that the lock allows, 64 hex digits each, sorted. */
  hashes: string[];
  /** It is older than the oldest one that may be used. */
  tooOld?: true;
}

/** The oldest versions that a release may have. */
export const oldestVersions = { gunicorn: "26.1" };

export interface Lock {
  /** What applies to the host, sorted by name. */
  requirements: Requirement[];
  /** Lines that set where pip looks. They may hold credentials: never show or ship them. */
  indexOptions: string[];
}

const howToLock =
  "make it with `pip-compile --generate-hashes` or `uv export --no-emit-project --no-dev -o requirements.lock`";

/**
 * The options of pip that a line may have, one each, and whole: pip would read more behind the value as further options, and
 * `--no-binary` among them has it run the code of a package here. A value has no quotes and no sign that ends a line for pip.
 */
const indexOption =
  /^(?:(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)(?:=|\s+)[^\s\p{C}'"\\]+|--no-index)$/u;
const impliedOption = /^(?:--require-hashes|--prefer-binary|--only-binary(?:=|\s+):all:)$/;

/** A line of the lock, with those that a backslash joins to it. */
interface Line {
  /** Of its first one in the file, from 1. */
  number: number;
  text: string;
}

/**
 * Reads the lock file `text` for each host that `environments` describe. Paths in it are relative to `folder`.
 * What is wrong with it is not thrown: `faults` lists all of it, by environment. `exportedFrom` is the name of the lock that a tool made
 * the text of.
 */
export function parseLocks(
  text: string,
  folder: string,
  environments: readonly MarkerEnvironment[],
  exportedFrom?: string,
): { lock: Lock; faults: Fault[] }[] {
  const lines = logicalLines(text);
  const indexOptions = lines
    .filter(({ text: line }) => indexOption.test(line))
    .map(({ text: line }) => absoluteLinks(line, folder));
  const packages = lines.filter(({ text: line }) => !indexOption.test(line) && !impliedOption.test(line));
  const about = { lines: packages.map(({ text: line }) => withoutHashes(line)), environments, oldest: oldestVersions };
  const read = keptLines(about, () => queryPackaging("lines", about));
  const wrong = read.flatMap((found, index) =>
    "fault" in found ? [lineFault(packages[index]!, found, exportedFrom)] : [],
  );
  return environments.map((_, environment) => {
    const requirements = read
      .flatMap((found, index) =>
        "fault" in found || !found.counts[environment] ? [] : [toRequirement(found, packages[index]!.text)],
      )
      .sort((left, right) => compareBytes(left.name, right.name));
    return {
      lock: { requirements, indexOptions },
      faults: [...wrong, ...unhashed(requirements, exportedFrom), ...repeated(requirements)],
    };
  });
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
function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  let pending: Line | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const continues = line.endsWith("\\") && !/^\s*#/.test(line);
    pending ??= { number: index + 1, text: "" };
    pending.text += ` ${continues ? line.slice(0, -1) : line}`;
    if (continues) continue;
    lines.push(pending);
    pending = undefined;
  }
  return [...lines, ...(pending === undefined ? [] : [pending])]
    .map(({ number, text: line }) => ({ number, text: line.replace(/\s#.*$/, "").trim() }))
    .filter((line) => line.text !== "");
}

const hashForm = /\s--hash[=\s]+(\w+):([0-9a-fA-F]+)/g;

function withoutHashes(line: string): string {
  return line.replace(hashForm, "").trim();
}

function lineFault({ number, text }: Line, found: Extract<LockLine, { fault: string }>, exportedFrom?: string): Fault {
  if (exportedFrom !== undefined && found.fault === "form") return foreignFault(exportedFrom, text);
  return found.fault === "marker"
    ? lockFault(
        `line ${number}: ${withoutHashes(text)}`,
        "environment markers of the dependency specifiers standard",
        found.why,
      )
    : lockFault(
        `line ${number}: ${withoutCredentials(text)}`,
        "lines of the form name==version --hash=sha256:…, and of pip's options one a line: --index-url, --extra-index-url, --find-links, --trusted-host, each with one value without spaces and quotes, and --no-index",
        `one file for all, without -r, -e, paths, URLs or other options: ${howToLock}`,
      );
}

/** What a tool exports of a path, a repository, an address, or a package that it did not lock. */
function foreignFault(exportedFrom: string, text: string): Fault {
  return lockFault(
    `${exportedFrom}: ${withoutHashes(withoutCredentials(text))}`,
    "packages that come from an index as a wheel, at one version and with hashes",
    "take out what comes from a path, a repository or an address, or publish a wheel of it at an index that the lock names",
  );
}

function toRequirement({ name, extras, version, tooOld }: Extract<LockLine, { name: string }>, line: string) {
  const hashes = [...line.matchAll(hashForm)]
    .filter(([, algorithm]) => algorithm === "sha256")
    .map(([, , hash]) => hash!.toLowerCase());
  return {
    name,
    extras: extras.length === 0 ? "" : `[${extras.join(",")}]`,
    version,
    hashes: [...new Set(hashes)].sort(),
    ...(tooOld && { tooOld }),
  };
}

function unhashed(requirements: readonly Requirement[], exportedFrom?: string): Fault[] {
  const [first, ...others] = requirements.filter(({ hashes }) => hashes.length === 0);
  if (first === undefined) return [];
  return [
    lockFault(
      `${first.name}==${first.version} without a hash${others.length === 0 ? "" : ` and ${others.length} more`}`,
      "at least one --hash=sha256:… for each package",
      exportedFrom === undefined ? howToLock : `lock it anew, so that ${exportedFrom} has hashes of all files`,
    ),
  ];
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
  return existsSync(path) ? `${match[1]} ${shellWord(path)}` : line;
}
