import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A function that makes empty folders for the tests of this file; they are removed when its tests are done. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  return () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), "portico-test-"));
    made.push(folder);
    return folder;
  };
}
