import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { MarkerEnvironment } from "./markers";
import { missingPip, pipEnvironment } from "./pip";

/** A line of a lock file, as the standards of Python packaging read it. */
export type LockLine =
  | { name: string; extras: string[]; version: string; counts: boolean[]; tooOld?: true }
  | { fault: "form" }
  | { fault: "marker"; why: string };

interface Queries {
  /** What each line locks, in which of the environments it counts, and whether it is older than the oldest of its name may be. */
  lines: {
    about: {
      lines: readonly string[];
      environments: readonly MarkerEnvironment[];
      oldest: Readonly<Record<string, string>>;
    };
    answer: LockLine[];
  };
  /** Packages that wheels need in an environment and that are not among them, each with one that needs it. */
  missing: {
    about: {
      wheels: { name: string; extras: string[]; path: string }[];
      environment: MarkerEnvironment;
      /** Bytes that the metadata of a wheel may have, and bytes and members that all may unpack to. */
      limits: Readonly<Record<"wheelMetadataBytes" | "releaseUnpackedBytes" | "releaseMembers", number>>;
    };
    answer: [name: string, by: string][];
  };
}

const interpreter = "python3";
const script = join(__dirname, "distributions.py");

/**
 * Queries the library that pip brings (`packaging`), which pip on the host uses too. Throws where there is no Python
 * with pip 22 or newer.
 */
export function queryPackaging<Kind extends keyof Queries>(
  kind: Kind,
  about: Queries[Kind]["about"],
): Queries[Kind]["answer"] {
  return askPython(script, JSON.stringify({ kind, about })) as Queries[Kind]["answer"];
}

/** What a script of ours answers to `input`, as JSON. It may use the library that pip brings; throws as `queryPackaging` does. */
export function askPython(path: string, input: string): unknown {
  const { status, stdout, stderr, error } = spawnSync(interpreter, [path], {
    input,
    encoding: "utf8",
    env: pipEnvironment(process.env),
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined && (error as NodeJS.ErrnoException).code === "ENOENT")
    throw missingPip([interpreter], `no program ${interpreter}`);
  if (/No module named '?pip\b/.test(stderr)) throw missingPip([interpreter, "-m", "pip"], "Python without pip");
  // Its own words first: one that ends before it has read its input is an error of writing as well. None when it did not start.
  if (status !== 0) throw new Error(`${interpreter} ${path}: ${(stderr as string | null)?.trim() || error?.message}`);
  return JSON.parse(stdout);
}
