import { type ZipFile as Zip, ZipFile } from "yazl";
import { compareBytes } from "../base/canonicalJson";

/** A file of a zip archive. */
export interface ZipEntry {
  /** Relative, with slashes. */
  path: string;
  content: Buffer;
}

/**
 * A zip archive of the entries in the order of their paths. Equal entries give equal bytes on every computer:
 * nothing is compressed, since compressed bytes differ between versions of zlib. Throws when a path comes twice.
 */
export async function makeZip(entries: readonly ZipEntry[]): Promise<Buffer> {
  const sorted = [...entries].sort((left, right) => compareBytes(left.path, right.path));
  const twice = sorted.find(({ path }, index) => path === sorted[index - 1]?.path);
  if (twice !== undefined) throw new Error(`${twice.path}: got two files of this name; allowed: one; remove the other`);
  const mtime = zipEpoch();
  const zip = new ZipFile();
  for (const { path, content } of sorted)
    zip.addBuffer(content, path, { mtime, forceDosTimestamp: true, mode: 0o100644, compress: false });
  return collect(zip);
}

async function collect(zip: Zip): Promise<Buffer> {
  const failed = new Promise<never>((_resolve, reject) => zip.once("error", reject));
  zip.end();
  const chunks: Buffer[] = [];
  const read = async () => {
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  return Promise.race([read(), failed]);
}

/** Noon of the first day that the format can hold. It writes the fields of the local clock: built in local time, they are the same everywhere. */
function zipEpoch(): Date {
  return new Date(1980, 0, 1, 12, 0, 0);
}
