import { readAnswerLine } from "../../bin/commands/hosts/answer";
import { printable } from "../../lib/base/printable";

const escape = String.fromCharCode(27);

it("keeps lines and tabs of a host, and no other control character", () => {
  expect(printable(`a\tb\n${escape}[31mc\r${String.fromCharCode(155)}d`)).toBe("a\tb\n [31mc  d");
});

it("cleans each text of an answer, however deep", () => {
  const line = JSON.stringify({ history: [{ why: `${escape}]0;title` }], at: 1 });
  expect(readAnswerLine(line)).toEqual({ history: [{ why: " ]0;title" }], at: 1 });
});

it.each(["", "garbage", "null", "7", '"text"', "{"])("takes no answer from %j", (line) => {
  expect(readAnswerLine(line)).toBeUndefined();
});
