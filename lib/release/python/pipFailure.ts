import { type Fault, SettingsError } from "../../settings/faults";
import type { PipResult } from "./pip";
import { describeTarget, type WheelTarget } from "./platformTags";
import { lockFault } from "./requirements";

/** Turns what pip said into one fault that names the package and what to do. */
export function pipFailure({ exitCode, errors }: PipResult, target: WheelTarget): Error {
  const fault =
    hashMismatch(errors) ??
    loginTrouble(errors) ??
    indexTrouble(errors) ??
    noWheel(errors, target) ??
    otherFailure(exitCode, errors);
  return new SettingsError([fault]);
}

function hashMismatch(errors: string): Fault | undefined {
  if (!/DO NOT MATCH THE HASHES/.test(errors)) return undefined;
  const name = /^\s+(\S+==\S+) from /m.exec(errors)?.[1] ?? "a package";
  return lockFault(
    `${name} with another hash than the lock's`,
    "files that the lock names",
    `find out why the package index serves other bytes, or lock again; pip said:\n${lastLines(errors)}`,
  );
}

/** An index that wants a login looks to pip like one that has no such package; only its longest log tells. */
export function hidesWhy({ errors }: PipResult): boolean {
  return errors.includes("(from versions: none)");
}

export function isRefusal(line: string): boolean {
  return /\b(401|403) (Client )?Error/.test(line);
}

function loginTrouble(errors: string): Fault | undefined {
  if (!errors.split("\n").some(isRefusal)) return undefined;
  return lockFault(
    "a package index that refuses this computer",
    "a login that the index takes",
    `set it for the stack (pulumi config set --secret packageIndexNetrc, as machine HOST login USER password PASSWORD) or in your ~/.netrc; pip said:\n${lastLines(errors)}`,
  );
}

const troubleSigns =
  /Retrying \(|HTTP error|HTTPError|SSLError|ProxyError|ConnectTimeout|Could not fetch URL|Connection (refused|reset|aborted)|(407|5\d\d) (Client|Server) Error/;

function indexTrouble(errors: string): Fault | undefined {
  if (!troubleSigns.test(errors)) return undefined;
  return lockFault(
    "a package index that does not answer as it should",
    "an index that this computer reaches",
    `mend the network, the proxy or pip's index settings (PIP_INDEX_URL, pip.conf); pip said:\n${lastLines(errors)}`,
  );
}

function noWheel(errors: string, target: WheelTarget): Fault | undefined {
  const wanted = /No matching distribution found for (\S+)/.exec(errors)?.[1];
  if (wanted === undefined) return undefined;
  return lockFault(
    `${wanted}, which has no wheel for ${describeTarget(target)}`,
    "packages with such a wheel at the package index (nothing is compiled, here or on a host)",
    `lock a version that has one, or build the wheel and name its folder by a line --find-links FOLDER in the lock; pip said:\n${lastLines(errors)}`,
  );
}

function otherFailure(exitCode: number | null, errors: string): Fault {
  const outcome = exitCode === null ? "pip that was ended" : `exit code ${exitCode} of pip download`;
  return lockFault(outcome, "a lock that pip can download", `pip said:\n${lastLines(errors)}`);
}

const shownLines = 12;

function lastLines(errors: string): string {
  return errors
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-shownLines)
    .map((line) => `    ${line}`)
    .join("\n");
}
