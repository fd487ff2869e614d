import { render } from "../../lib/base/render";

test("fills holes, several in a line and one of them twice", () => {
  expect(render("listen @port@ @kind@; # @port@\n", { port: 443, kind: "ssl" })).toBe("listen 443 ssl; # 443\n");
});

test("a value of several lines keeps the indentation of its hole", () => {
  expect(render("upstream {\n    @servers@\n}\n", { servers: "server a;\nserver b;" })).toBe(
    "upstream {\n    server a;\n    server b;\n}\n",
  );
});

test("a line that holds nothing but an empty value disappears, and no other", () => {
  expect(render("a\n  @lines@\n\nb @word@ c\n", { lines: "", word: "" })).toBe("a\n\nb  c\n");
});

test("what a value says is never taken for a hole or a pattern", () => {
  expect(render("a @one@ @two@\n@three@", { one: "@two@", two: "$& $1", three: "$' @one@" })).toBe(
    "a @two@ $& $1\n$' @one@",
  );
});

test("addresses and unit names with an at sign are no holes", () => {
  const text = "portico-app@.service portico-app@%i.service portico-app@blue.service root@Example @2x@\n";
  expect(render(text, {})).toBe(text);
});

test("refuses a hole without a value, naming file and hole", () => {
  expect(() => render("@port@ @host@", { port: 1 }, "files/a.conf")).toThrow(
    /^files\/a\.conf: got no value for @host@; allowed: .+; .+$/,
  );
  expect(() => render("@constructor@", {})).toThrow("@constructor@");
});

test("refuses a value without a hole, naming file and value", () => {
  expect(() => render("plain", { port: 1, host: "a" }, "files/a.conf")).toThrow(
    /^files\/a\.conf: got a value for @port@, @host@; allowed: .+; .+$/,
  );
});
