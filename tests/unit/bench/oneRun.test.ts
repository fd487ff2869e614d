import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { claim } from "../../../bench/base/oneRun";
import { identify } from "../../../bin/commands/base/processes";

const folder = mkdtempSync(path.join(tmpdir(), "portico-one-run-"));
const file = path.join(folder, "run");
afterAll(() => rmSync(folder, { recursive: true }));

test("a second run is refused while the first one lives, and not after it", () => {
  writeFileSync(file, identify(process.ppid)!);
  expect(() => claim(file)).toThrow(`got another run that uses them, process ${process.ppid}`);
  // Of a process that has ended, whose number another one has now.
  writeFileSync(file, `${process.ppid}:1`);
  const release = claim(file);
  expect(readFileSync(file, "utf8")).toBe(identify(process.pid));
  release();
  expect(() => readFileSync(file)).toThrow("ENOENT");
});
