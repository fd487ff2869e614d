import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** SHA-256 of a text or of bytes, as 64 hex digits. */
export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

const smallFileBytes = 1024 * 1024;

/** SHA-256 of a file of this size, as 64 hex digits. Small files are read at once, which is twice as fast for a tree of them. */
export async function sha256File(path: string, size: number): Promise<string> {
  if (size <= smallFileBytes) return sha256(await readFile(path));
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
