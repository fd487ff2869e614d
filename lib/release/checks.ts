import type { Lock } from "./python/requirements";
import { lockFault, oldestVersions } from "./python/requirements";
import type { Fault } from "../settings/faults";
import type { ArchiveEntry } from "./archive";
import { contract } from "../base/contract";

const oldestGunicorn = oldestVersions.gunicorn;

/** Gunicorn comes from the release's own lock, never from the host. */
export function gunicornFaults({ requirements }: Lock): Fault[] {
  const gunicorn = requirements.find(({ name }) => name === "gunicorn");
  if (gunicorn !== undefined && gunicorn.tooOld !== true) return [];
  return [
    lockFault(
      gunicorn === undefined ? "no gunicorn" : `gunicorn==${gunicorn.version}`,
      `gunicorn ${oldestGunicorn} or newer`,
      `add gunicorn>=${oldestGunicorn} to the requirements and lock again: older ones lose requests when a worker is recycled, and 24.0.0 hangs all workers`,
    ),
  ];
}

const moduleForm = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):[A-Za-z_]\w*(?:\(\))?$/;

/** Whether the release holds the file that Gunicorn has to import, in the application folder or in `source`. */
export function moduleFaults(module: string, entries: readonly ArchiveEntry[], source: string | null): Fault[] {
  const allowed = "package.module:callable, with the module's file in the application folder";
  const name = moduleForm.exec(module)?.[1];
  if (name === undefined)
    return [
      {
        key: "app.module",
        value: module,
        allowed,
        remedy: "write it as in portico_sample:app or project.wsgi:application",
      },
    ];
  const base = name.replaceAll(".", "/");
  const inFolder = (folder: string) => [`${folder}${base}.py`, `${folder}${base}/__init__.py`];
  const candidates = [...inFolder(""), ...(source === null || source === "." ? [] : inFolder(`${source}/`))];
  const isThere = (paths: readonly string[]) => entries.some(({ path }) => paths.includes(path));
  if (isThere(candidates)) return [];
  return [
    {
      key: "app.module",
      value: module,
      allowed,
      remedy: isThere(inFolder("src/"))
        ? "it is below src: set app.sourceFolder: src"
        : `neither ${candidates.join(" nor ")} is in the release: mend the name, app.folder or .porticoignore`,
    },
  ];
}

/** Hosts refuse an application that unpacks to more: found out before anything goes there. */
export function sizeFaults(
  folder: string,
  entries: readonly Pick<ArchiveEntry, "size">[],
  { releaseUnpackedBytes, releaseMembers }: Record<"releaseUnpackedBytes" | "releaseMembers", number> = contract.limits,
): Fault[] {
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= releaseUnpackedBytes && entries.length <= releaseMembers) return [];
  return [
    {
      key: "app.folder",
      value: `${folder}, with ${bytes} bytes in ${entries.length} files`,
      allowed: `at most ${releaseUnpackedBytes} bytes in ${releaseMembers}`,
      remedy: "leave out by .porticoignore what the application does not need",
    },
  ];
}
