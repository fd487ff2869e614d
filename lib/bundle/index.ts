import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { canonicalJson } from "../base/canonicalJson";
import { contract } from "../base/contract";
import { sha256 } from "../base/digest";
import { type HostFile, sortedByPath } from "../hostFiles/hostFile";
import { pruneFiles, writeOnce } from "../base/outputFiles";
import type { BundleDescription, BundledFile, BundleManifest, Role } from "./description";
import { makeZip, type ZipEntry } from "./zip";

export type { AppDescription, BundleDescription, BundledFile, BundleManifest, HealthCheck, Role } from "./description";

export interface BundleOptions {
  role: Role;
  /** The folder that holds `__main__.py` and the Python package `portico_host`. */
  programFolder: string;
  /** The rendered files of the role, secrets not among them. */
  files: readonly HostFile[];
  description: BundleDescription;
  /** The bundle is put here; the ten last used of the role stay. */
  outputFolder: string;
}

export interface Bundle {
  /** `<role>-<hash>.pyz`; the hash is made of the bundle's bytes. */
  name: string;
  path: string;
  /** Of the bundle's bytes, 64 hex digits. */
  sha256: string;
  /** What the host must have before it runs, and what must not start when that is installed. */
  needs: Pick<BundleDescription, "packages" | "maskedUnits">;
}

const { bundleDescription, bundleTree, bundleEnding } = contract.files;
const packageName = "portico_host";
const hashDigits = 12;
const entryPoint = "__main__.py";
/** Modules, and the contract that they read. */
const programFile = /\.(py|json)$/;

/** Makes the program of a role: one Python zip application with the host program and all rendered files. */
export async function buildBundle({
  role,
  programFolder,
  files,
  description,
  outputFolder,
}: BundleOptions): Promise<Bundle> {
  const manifest: BundleManifest = {
    ...description,
    format: contract.formats.bundle,
    role,
    files: describeFiles(files),
  };
  const content = await makeZip([
    textEntry(bundleDescription, canonicalJson(manifest)),
    ...(await programEntries(programFolder)),
    ...files.map((file) => textEntry(`${bundleTree}${file.path}`, file.content)),
  ]);
  const digest = sha256(content);
  const name = `${role}-${digest.slice(0, hashDigits)}${bundleEnding}`;
  const path = join(outputFolder, name);
  await writeOnce(path, (temporaryPath) => writeFile(temporaryPath, content, { flag: "wx", mode: 0o600 }));
  await pruneFiles(
    outputFolder,
    new RegExp(`^${role}-[0-9a-f]{${hashDigits}}${bundleEnding.replaceAll(".", "\\.")}$`),
    name,
  );
  return {
    name,
    path,
    sha256: digest,
    needs: { packages: description.packages, maskedUnits: description.maskedUnits },
  };
}

function describeFiles(files: readonly HostFile[]): BundledFile[] {
  const wrong = files.find(({ path }) => !path.startsWith("/") || path.endsWith("/") || posix.normalize(path) !== path);
  if (wrong !== undefined)
    throw new Error(
      `${wrong.path}: got a path of a host file that is not plain; allowed: absolute, without .. and doubled slashes; mend its name`,
    );
  return sortedByPath(files).map(({ path, mode, owner, group, effect, content }) => ({
    path,
    mode,
    owner,
    group,
    effect,
    sha256: sha256(content),
  }));
}

async function programEntries(folder: string): Promise<ZipEntry[]> {
  try {
    const paths = [entryPoint, ...(await programFiles(folder, packageName))];
    return await Promise.all(paths.map(async (path) => ({ path, content: await readFile(join(folder, path)) })));
  } catch (error) {
    throw new Error(
      `${folder}: got ${(error as Error).message}; allowed: a folder with ${entryPoint} and ${packageName}/; restore the host program`,
    );
  }
}

async function programFiles(folder: string, path: string): Promise<string[]> {
  const items = await readdir(join(folder, path), { withFileTypes: true });
  const found = items.map(async (item) => {
    const below = `${path}/${item.name}`;
    if (item.isDirectory())
      return item.name === "__pycache__" || item.name === "tests" ? [] : programFiles(folder, below);
    return item.isFile() && programFile.test(item.name) ? [below] : [];
  });
  return (await Promise.all(found)).flat();
}

function textEntry(path: string, content: string): ZipEntry {
  return { path, content: Buffer.from(content) };
}
