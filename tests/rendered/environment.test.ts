import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentLines } from "../../lib/hostFiles/app/environmentFile";
import { readEnvironmentFile } from "../support/environmentReader";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();

/** Reproducible, so that a failure can be looked at again. */
function randomNumbers(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

const pieces = [
  '"',
  "'",
  "\\",
  "$",
  "`",
  "\n",
  "\r",
  "\t",
  " ",
  "#",
  ";",
  "=",
  "%",
  "!",
  "*",
  "a",
  "HOME",
  "${X}",
  "$(id)",
  "\\n",
  "ä",
  "語",
  "🙂",
  "\u0001",
  "\u007f",
  "\u00a0",
];

function randomValues(count: number): Record<string, string> {
  const random = randomNumbers(26);
  const value = () =>
    Array.from({ length: Math.floor(random() * 12) }, () => pieces[Math.floor(random() * pieces.length)]).join("");
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`V${index}`, value()]));
}

const values = randomValues(500);

test("systemd's rules read back exactly what was written", () => {
  expect(readEnvironmentFile(`# comment\n${environmentLines(values)}\n`)).toEqual(values);
});

test("a POSIX shell reads back exactly what was written", () => {
  const file = join(makeFolder(), "environment");
  writeFileSync(file, `${environmentLines(values)}\n`);
  const read = execFileSync("/bin/sh", ["-c", `set -a; . ${file}; env -0`], {
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  const entries = read
    .split("\0")
    .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]);
  expect(Object.fromEntries(entries.filter(([name]) => /^V\d+$/.test(name!)))).toEqual(values);
});
