import { environmentLines } from "../../lib/hostFiles/app/environmentFile";
import { readEnvironmentFile } from "../support/environmentReader";

/** What systemd reads, and how it is written. */
const cases: [what: string, value: string, line: string][] = [
  ["a word", "info", 'V="info"'],
  ["nothing", "", 'V=""'],
  ["blanks at the ends", "  a ", 'V="  a "'],
  ["double quotes", 'say "no"', 'V="say \\"no\\""'],
  ["single quotes", "it's", 'V="it\'s"'],
  ["a dollar sign", "$HOME ${X} $(id)", 'V="\\$HOME \\${X} \\$(id)"'],
  ["a backquote", "`id`", 'V="\\`id\\`"'],
  ["a backslash", "a\\nb\\", 'V="a\\\\nb\\\\"'],
  ["a line break", "one\ntwo", 'V="one\ntwo"'],
  ["what starts a comment", "# ; =", 'V="# ; ="'],
  ["a percent sign, which is no specifier here", "100%i", 'V="100%i"'],
  ["letters of the world", "äöü 語 🙂", 'V="äöü 語 🙂"'],
];

test.each(cases)("%s is written so that systemd reads it back", (_, value, line) => {
  expect(environmentLines({ V: value })).toBe(line);
  expect(readEnvironmentFile(`${line}\n`)).toEqual({ V: value });
});

test("variables are sorted by name, whatever the order of the settings", () => {
  expect(environmentLines({ B: "2", A: "1" })).toBe('A="1"\nB="2"');
  expect(environmentLines({})).toBe("");
});

test.each(["", "1A", "A-B", "A B", "A=B", "Ä", "A\nB"])("refuses the name %j", (name) => {
  expect(() => environmentLines({ [name]: "x" })).toThrow(/^app\.environment: got the name .+; allowed: .+; .+$/s);
});

test("refuses what a process cannot be given, without showing it", () => {
  for (const value of ["geheim\0", "geheim\ud800", "\udc00geheim"]) {
    expect(() => environmentLines({ TOKEN: value })).toThrow(/^app\.environment\.TOKEN: got a value with/);
    expect(() => environmentLines({ TOKEN: value })).not.toThrow(/geheim/);
  }
});
