import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeZip } from "../../../lib/bundle/zip";
import { missingDependencies } from "../../../lib/release/python/dependencies";
import type { Wheel } from "../../../lib/release/python/wheelCache";
import { temporaryFolders } from "../../support/temporaryFolder";

const folder = temporaryFolders();
const target = { id: "debian-12", python: "3.11", architecture: "x86_64" } as const;

const metadataOf = (requires: string[]) =>
  `Metadata-Version: 2.1\n${requires.map((line) => `Requires-Dist: ${line}\n`).join("")}\n# About\n\nRequires-Dist: not-a-field\n`;

async function makeWheel(name: string, requires: string[], extras = ""): Promise<Wheel> {
  const path = join(folder(), `${name}-1.0-py3-none-any.whl`);
  const entries = {
    "vendored/other.dist-info/METADATA": metadataOf(["vendored"]),
    [`${name}-1.0.dist-info/METADATA`]: metadataOf(requires),
  };
  writeFileSync(
    path,
    await makeZip(Object.entries(entries).map(([member, text]) => ({ path: member, content: Buffer.from(text) }))),
  );
  return {
    name: `${name}-1.0-py3-none-any.whl`,
    path,
    size: 0,
    sha256: "",
    requirement: { name, extras, version: "1.0", hashes: [] },
  };
}

const missing = async (...wheels: Promise<Wheel>[]) =>
  missingDependencies(await Promise.all(wheels), target).map(({ value }) => value);

const needs = (name: string) => expect.stringContaining(`no ${name}, which shop needs`) as string;

describe("what a wheel requires", () => {
  test("is read from its own metadata, not from its description or from vendored packages", async () => {
    expect(await missing(makeWheel("shop", ["a>=1", "b (<2) ; python_version > '3'"]))).toEqual([
      needs("a"),
      needs("b"),
    ]);
  });

  test("is read from a compressed file with a comment, as other programs write it", async () => {
    const wheel = await makeWheel("shop", []);
    const script =
      "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED); z.writestr('shop-1.0.dist-info/METADATA', sys.argv[2]); z.comment = b'a comment'; z.close()";
    execFileSync("python3", ["-c", script, wheel.path, metadataOf(["a>=1"])]);
    expect(await missing(Promise.resolve(wheel))).toEqual([needs("a")]);
  });

  test("is nothing for a file that is no zip, nor for a line that nobody can read", async () => {
    const wheel = await makeWheel("shop", []);
    writeFileSync(wheel.path, "x");
    expect(await missing(Promise.resolve(wheel))).toEqual([]);
    expect(await missing(makeWheel("shop", ["?!", "b; sys_platform ~= 'linux'", "a>=1"]))).toEqual([needs("a")]);
  });
});

describe("a lock", () => {
  test("is complete with all that the host needs, whatever the spelling of names", async () => {
    expect(
      await missing(
        makeWheel("shop", ["Zope.Interface>=5", "colorama; sys_platform == 'win32'", "pytest; extra == 'test'"]),
        makeWheel("zope-interface", []),
      ),
    ).toEqual([]);
  });

  test("made with a newer Python lacks what the host's older one needs", async () => {
    expect(await missing(makeWheel("shop", ["typing_extensions>=4; python_version < '3.12'"]))).toEqual([
      "no typing-extensions, which shop needs on debian-12 (Python 3.11, x86_64)",
    ]);
  });

  test("needs what an extra asks for, also that of a dependency", async () => {
    expect(await missing(makeWheel("shop", ["uvloop; extra == 'standard'"], "[standard]"))).toHaveLength(1);
    expect(
      await missing(makeWheel("shop", ["http[h2]"]), makeWheel("http", ["h2; extra == 'h2'", "brotli; extra == 'br'"])),
    ).toEqual([expect.stringContaining("no h2, which http needs")]);
  });

  test("may go in circles", async () => {
    expect(await missing(makeWheel("a", ["b"]), makeWheel("b", ["a[x]", "c; extra == 'x'"]))).toEqual([]);
  });
});
