import { basename, join } from "node:path";
import { contract } from "../base/contract";
import { pruneFiles, writeOnce } from "../base/outputFiles";
import { shortDigest, writeArchive } from "./archive";
import { targetName } from "./python/platformTags";
import { type TargetWheels, wheelEntries } from "./targets";

export interface WheelArchiveOptions {
  outputFolder: string;
  onProgress?: (line: string) => void;
}

const { wheelsStart, wheelsEnding } = contract.files;

/**
 * Makes an archive of the wheels of each target, named by its content: equal locks have the same one, whatever the application.
 * Answers their paths by the names of the targets.
 */
export async function packWheels(
  found: readonly TargetWheels[],
  { outputFolder, onProgress }: WheelArchiveOptions,
): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const each of found) {
    const entries = wheelEntries([each]);
    const path = join(outputFolder, `${wheelsStart}${shortDigest(entries)}${wheelsEnding}`);
    await writeOnce(path, (place) => {
      onProgress?.(`wheels for ${targetName(each.target)}: packing ${entries.length} files`);
      return writeArchive(entries, place, "store");
    });
    paths.set(targetName(each.target), path);
  }
  // All of these were used just now, and there are fewer targets than files that stay.
  const last = basename([...paths.values()].at(-1)!);
  await pruneFiles(outputFolder, new RegExp(`^${archivePattern(wheelsStart, wheelsEnding)}$`), last);
  return paths;
}

/** Text of an expression for the names of archives of one kind. */
export function archivePattern(start: string, ending: string): string {
  return `${start}[0-9a-f]{12}${ending.replaceAll(".", "\\.")}`;
}
