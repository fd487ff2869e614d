import { unitWords } from "../../lib/hostFiles/app/unitWords";

test.each<[string, string]>([
  ["flask", '"flask"'],
  ["two words", '"two words"'],
  ["", '""'],
  [";", '";"'],
  ['say "no"', '"say \\"no\\""'],
  ["a\\b\\", '"a\\\\b\\\\"'],
  ["50%", '"50%%"'],
  ["$HOME ${HOME}", '"$$HOME $${HOME}"'],
  ["a\tb", '"a\tb"'],
  ["Grüße", '"Grüße"'],
])("%j is one word, as given", (word, expected) => {
  expect(unitWords([word])).toBe(expected);
});

test("words stay apart and in their order", () => {
  expect(unitWords(["flask", "db", "upgrade"])).toBe('"flask" "db" "upgrade"');
});

test.each(["two\nlines", "a\rb", "a\0b", "\ud800"])("%j is refused, as a unit cannot hold it", (word) => {
  expect(() => unitWords(["flask", word])).toThrow(/^command: got ".+"; allowed: words without .+; .+$/);
});
