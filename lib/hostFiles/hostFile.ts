import type { Effect } from "../base/contract";

export type { Effect };

/** A file as it shall be on a host. */
export interface HostFile {
  /** Absolute. */
  path: string;
  content: string;
  /** Four octal digits. */
  mode: string;
  owner: string;
  group: string;
  effect: Effect;
}

/** Sorts by path, byte for byte, and refuses two files of one path. */
export function sortedByPath(files: readonly HostFile[]): HostFile[] {
  const sorted = [...files].sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
  const twice = sorted.find((file, index) => index > 0 && sorted[index - 1]!.path === file.path);
  if (twice !== undefined)
    throw new Error(`${twice.path}: got two files; allowed: one for each path; choose one of the templates`);
  return sorted;
}
