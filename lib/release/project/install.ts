import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "../../settings/faults";
import { type ArchiveEntry, contentEntry } from "../archive";
import { askPython } from "../python/distributions";

/** What an installer would write down of a project; nothing where its pyproject.toml names none. */
type ProjectFacts =
  | { folder: string; files: Record<string, string>; scripts: Record<string, string> }
  | { fault: string }
  | Record<string, never>;

export interface Installed {
  /** Files of the release with what makes the project count as installed. */
  tree: ArchiveEntry[];
  faults: Fault[];
}

const manifest = "pyproject.toml";
const script = join(__dirname, "metadata.py");

/**
 * The files of an application whose packages lie in `source`, with the metadata that an installer would put beside them there, and its
 * scripts in `bin`, where nothing else has their names. What an editable installation left in `source` goes: it would be found first.
 */
export async function installProject(
  tree: readonly ArchiveEntry[],
  { appFolder, source }: { appFolder: string; source: string },
): Promise<Installed> {
  const start = source === "." ? "" : `${source}/`;
  if (!tree.some(({ path }) => path.startsWith(start))) return { tree: [...tree], faults: [fault(source)] };
  const left = tree.filter(({ path }) => !isMetadata(path, start));
  if (!tree.some(({ path }) => path === manifest)) return { tree: left, faults: [] };
  const facts = askPython(script, await readFile(join(appFolder, manifest), "utf8")) as ProjectFacts;
  if ("fault" in facts) return { tree: [...tree], faults: [manifestFault(facts.fault)] };
  if (!("folder" in facts)) return { tree: left, faults: [] };
  const taken = new Set(left.map(({ path }) => path));
  const metadata = Object.entries(facts.files).map(([name, text]) =>
    contentEntry(`${start}${facts.folder}/${name}`, text),
  );
  const scripts = Object.entries(facts.scripts)
    .map(([name, text]) => ({ ...contentEntry(`bin/${name}`, text), mode: 0o755 as const }))
    .filter(({ path }) => !taken.has(path));
  return { tree: [...left, ...metadata, ...scripts], faults: [] };
}

function isMetadata(path: string, start: string): boolean {
  return path.startsWith(start) && /^[^/]+\.(egg|dist)-info(\/|$)/.test(path.slice(start.length));
}

function fault(source: string): Fault {
  return {
    key: "app.sourceFolder",
    value: source,
    allowed: "a folder inside the application folder with packages in it, . for the folder itself, or null",
    remedy: "make it, mend the name, or see that .porticoignore does not leave it out",
  };
}

function manifestFault(why: string): Fault {
  return {
    key: "app.sourceFolder",
    value: `${manifest} with ${why}`,
    allowed: "a project that an installer can write down",
    remedy: "mend it, or set app.sourceFolder: null, which leaves it alone",
  };
}
