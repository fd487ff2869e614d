import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LockLine } from "../../../lib/release/python/distributions";
import { keptLines } from "../../../lib/release/python/keptLines";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();
const before = process.env.PORTICO_CACHE_DIR;
const flask: LockLine = { name: "flask", extras: [], version: "3.1.3", counts: [true] };
const fault: LockLine = { fault: "marker", why: "a word of it" };

let cache: string;
beforeEach(() => void (process.env.PORTICO_CACHE_DIR = cache = newFolder()));
afterEach(() => {
  if (before === undefined) delete process.env.PORTICO_CACHE_DIR;
  else process.env.PORTICO_CACHE_DIR = before;
});

/** Reads twice; answers what came, and how often it was read. */
function readTwice(first: object, second: object, lines: LockLine[] = [flask], between = () => undefined as void) {
  const read = jest.fn(() => lines);
  const answers = [keptLines(first, read)];
  between();
  answers.push(keptLines(second, read));
  return { answers, times: read.mock.calls.length };
}

const folder = () => join(cache, "packaging");
const kept = () => readdirSync(folder()).map((name) => join(folder(), name));

test("the same lines in the same environments are read once", () => {
  expect(readTwice({ lines: ["flask==3.1.3"] }, { lines: ["flask==3.1.3"] })).toEqual({
    answers: [[flask], [flask]],
    times: 1,
  });
});

test("other lines are read", () => {
  expect(readTwice({ lines: ["flask==3.1.3"] }, { lines: ["flask==3.1.4"] }).times).toBe(2);
});

test("lines with a fault are read each time, and nothing of them is kept", () => {
  expect(readTwice({}, {}, [flask, fault])).toEqual({
    answers: [
      [flask, fault],
      [flask, fault],
    ],
    times: 2,
  });
  expect(existsSync(folder())).toBe(false);
});

test("what was kept for more than a week is read again, and so is what was damaged", () => {
  const old = new Date(Date.now() - 8 * 24 * 3600 * 1000);
  expect(readTwice({}, {}, [flask], () => kept().forEach((file) => utimesSync(file, old, old))).times).toBe(2);
  expect(readTwice({ a: 1 }, { a: 1 }, [flask], () => kept().forEach((file) => writeFileSync(file, "[{"))).times).toBe(
    2,
  );
});

test("what is old goes when something is kept", () => {
  const old = new Date(Date.now() - 8 * 24 * 3600 * 1000);
  readTwice({ a: 1 }, { a: 2 }, [flask], () => kept().forEach((file) => utimesSync(file, old, old)));
  expect(kept()).toHaveLength(1);
});

test("a cache folder that cannot be written is no reason to stop", () => {
  writeFileSync(folder(), "a file where the folder would be");
  expect(readTwice({}, {})).toEqual({ answers: [[flask], [flask]], times: 2 });
});
