import { contract } from "../../../lib/base/contract";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { queryPackaging } from "../../../lib/release/python/distributions";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();
const path = process.env.PATH;
afterEach(() => void (process.env.PATH = path));

/** Asks where `python3` is this script, or where there is none. */
function askWith(script?: string) {
  const folder = newFolder();
  if (script !== undefined) {
    writeFileSync(join(folder, "python3"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "python3"), 0o755);
  }
  process.env.PATH = folder;
  return () => queryPackaging("missing", { wheels: [], environment: {}, limits: contract.limits });
}

test("a computer without Python, or without pip, is told what to install", () => {
  expect(askWith()).toThrow(/^python3: got no program python3; allowed: pip 22 or newer on this computer; install it/);
  expect(askWith("echo \"ModuleNotFoundError: No module named 'pip'\" >&2; exit 1")).toThrow(
    /^python3 -m pip: got Python without pip; allowed: pip 22 or newer/,
  );
});

test("what else goes wrong is told as Python tells it", () => {
  expect(askWith("echo out of memory >&2; exit 3")).toThrow(/^python3 \S+distributions\.py: out of memory$/);
});
