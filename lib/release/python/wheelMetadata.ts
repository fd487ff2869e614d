import { type FileHandle, open } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";

const endSignature = Buffer.from("PK\x05\x06");
const entrySignature = 0x02014b50;
const endSize = 22;
const entrySize = 46;
const localHeaderSize = 30;
const longestComment = 0xffff;
const deflated = 8;

interface Member {
  name: string;
  method: number;
  compressedSize: number;
  localOffset: number;
}

/** The `Requires-Dist` lines of a wheel; none when it is no zip file that this reads (pip on the host judges it anyway). */
export async function requiredDistributions(wheelPath: string): Promise<string[]> {
  const file = await open(wheelPath, "r");
  try {
    const members = await readDirectory(file, (await file.stat()).size);
    const metadata = members.find(({ name }) => /^[^/]+\.dist-info\/METADATA$/.test(name));
    return metadata === undefined ? [] : requirementLines((await readMember(file, metadata)).toString("utf8"));
  } finally {
    await file.close();
  }
}

/** The fields end at the first empty line; a description follows. */
function requirementLines(metadata: string): string[] {
  const fields = metadata.split(/\r?\n\r?\n/, 1)[0]!;
  return [...fields.matchAll(/^Requires-Dist:\s*(.+?)\s*$/gim)].map(([, requirement]) => requirement!);
}

async function readDirectory(file: FileHandle, size: number): Promise<Member[]> {
  const tail = await readBytes(
    file,
    Math.max(0, size - endSize - longestComment),
    Math.min(size, endSize + longestComment),
  );
  const end = tail.lastIndexOf(endSignature);
  if (end < 0 || end + endSize > tail.length) return [];
  const directory = await readBytes(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const members: Member[] = [];
  let offset = 0;
  while (offset + entrySize <= directory.length && directory.readUInt32LE(offset) === entrySignature) {
    const nameLength = directory.readUInt16LE(offset + 28);
    members.push({
      name: directory.toString("utf8", offset + entrySize, offset + entrySize + nameLength),
      method: directory.readUInt16LE(offset + 10),
      compressedSize: directory.readUInt32LE(offset + 20),
      localOffset: directory.readUInt32LE(offset + 42),
    });
    offset += entrySize + nameLength + directory.readUInt16LE(offset + 30) + directory.readUInt16LE(offset + 32);
  }
  return members;
}

async function readMember(file: FileHandle, { method, compressedSize, localOffset }: Member): Promise<Buffer> {
  const header = await readBytes(file, localOffset, localHeaderSize);
  const start = localOffset + localHeaderSize + header.readUInt16LE(26) + header.readUInt16LE(28);
  const content = await readBytes(file, start, compressedSize);
  return method === deflated ? inflateRawSync(content) : content;
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
