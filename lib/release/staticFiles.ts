import { posix } from "node:path";
import { canonicalJson } from "../base/canonicalJson";
import type { Fault } from "../settings/faults";
import { type ArchiveEntry, contentEntry } from "./archive";

/** Name of the file in the static folder that maps plain names to hashed ones. */
export const manifestName = "manifest.json";

const hashDigits = 8;

/** A name that a front-end build has given a hash already: eight or more hex digits, both letters and digits (a date is no hash). */
const hashedName = /[.-](?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8,}\.[^.]+(\.map)?$/;

/**
 * What is added for the static files below `folder`: a copy of each under a name that carries the hash of its
 * content (`app.css` → `app.1a2b3c4d.css`), so that it may be cached for ever, and the manifest of names. The
 * plain files stay, and what they say about each other (`url(logo.svg)`) is not rewritten.
 */
export function hashStaticFiles(
  entries: readonly ArchiveEntry[],
  folder: string,
): { added: ArchiveEntry[]; faults: Fault[] } {
  const files = entries.filter(({ path }) => path.startsWith(`${folder}/`));
  const faults = staticFaults(files, folder);
  if (faults.length > 0) return { added: [], faults };
  const names: Record<string, string> = {};
  const added: ArchiveEntry[] = [];
  for (const file of files) {
    const path = hashedPath(file);
    names[file.path.slice(folder.length + 1)] = path.slice(folder.length + 1);
    const present = files.find((other) => other.path === path);
    if (present === undefined) added.push({ ...file, path });
    else if (present.sha256 !== file.sha256)
      faults.push(
        staticFault(path, "names that no other content has", `rename it, the copy of ${file.path} gets this name`),
      );
  }
  return { added: [...added, contentEntry(`${folder}/${manifestName}`, canonicalJson(names))], faults };
}

/** Faults of files that are to lie at the root of the site. */
export function rootFileFaults(entries: readonly ArchiveEntry[], folder: string, names: readonly string[]): Fault[] {
  const present = new Set(entries.map(({ path }) => path));
  const missing = names.filter((name) => !present.has(`${folder}/${name}`));
  return missing.map((name) => ({
    key: "app.rootFiles",
    value: name,
    allowed: `files of ${folder}`,
    remedy: `make ${folder}/${name}, or remove it from the list`,
  }));
}

function staticFaults(files: readonly ArchiveEntry[], folder: string): Fault[] {
  if (files.length === 0)
    return [
      staticFault(folder, "a folder with files inside the application folder, or null", "make it, or set it to null"),
    ];
  const own = files.find(({ path }) => path === `${folder}/${manifestName}`);
  if (own === undefined) return [];
  return [
    staticFault(
      own.path,
      `a folder without ${manifestName}, which each release writes itself`,
      "rename it (a web app's manifest may be manifest.webmanifest)",
    ),
  ];
}

function hashedPath({ path, sha256 }: ArchiveEntry): string {
  const { dir, base, name, ext } = posix.parse(path);
  return hashedName.test(base) ? path : posix.join(dir, `${name}.${sha256.slice(0, hashDigits)}${ext}`);
}

function staticFault(value: string, allowed: string, remedy: string): Fault {
  return { key: "app.staticFolder", value, allowed, remedy };
}
