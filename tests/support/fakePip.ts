import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../lib/base/digest";
import type { PipCommand } from "../../lib/release/python/pip";

/** A stand-in for pip that needs no network: it copies made-up wheels, and records how it was called. */
export interface FakePip {
  command: PipCommand;
  /** Command lines, one for each call. */
  calls(): string[];
  /** The environment of the last call. */
  environment(): string;
  /** The lock of the last call. */
  lock(): string;
}

/** `says`: shell text that is run instead of copying, for failures. */
export function makeFakePip(folder: string, wheels: Record<string, string>, says?: string): FakePip {
  const wheelFolder = join(folder, "index");
  mkdirSync(wheelFolder, { recursive: true });
  for (const [name, content] of Object.entries(wheels)) writeFileSync(join(wheelFolder, name), content);
  const program = join(folder, "pip");
  const copy = `for wheel in ${wheelFolder}/*; do echo "Collecting \${wheel##*/}"; cp "$wheel" wheels/; done`;
  writeFileSync(
    program,
    `#!/bin/sh\necho "$*" >> ${folder}/calls\nenv > ${folder}/environment\ncp requirements.lock ${folder}/lock\n${says ?? copy}\n`,
    { mode: 0o755 },
  );
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  return {
    command: [program],
    calls: () => read("calls").split("\n").filter(Boolean),
    environment: () => read("environment"),
    lock: () => read("lock"),
  };
}

/** A lock that names exactly these wheels. */
export function lockFor(wheels: Record<string, string>): string {
  return Object.entries(wheels)
    .map(
      ([file, content]) =>
        `${file.split("-").slice(0, 2).join("==")} \\\n    --hash=sha256:${sha256(content)}\n    # via something\n`,
    )
    .join("");
}
