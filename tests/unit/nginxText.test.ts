import {
  checkedName,
  checkedNetwork,
  checkedPath,
  hostAddress,
  pathPattern,
  prefixPattern,
  quotedText,
  serverNames,
} from "../../lib/hostFiles/nginx/text";

test("names stand once each, in the order given", () => {
  expect(serverNames(["b.example", "10.0.0.1", "b.example"])).toBe("b.example 10.0.0.1");
});

test.each(["", "a b", "a;", "{", "a{", "*.example", "-a", "a.example;return 200", "a\n", "$host", "~^a"])(
  "refuses the name %j",
  (name) => {
    expect(() => checkedName(name)).toThrow(/^site name: got .+; allowed: .+; .+$/);
  },
);

test("an address of version 6 gets brackets before a port", () => {
  expect(["10.0.0.1", "2001:db8::1"].map(hostAddress)).toEqual(["10.0.0.1", "[2001:db8::1]"]);
  expect(() => hostAddress("web.internal")).toThrow('address: got "web.internal"');
});

test.each(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1"])("takes the network %s", (network) => {
  expect(checkedNetwork(network)).toBe(network);
});

test.each(["10.0.0.0/33", "2001:db8::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/8/8", "all", "10.0.0.1 1; 0.0.0.0/0"])(
  "refuses the network %j",
  (network) => {
    expect(() => checkedNetwork(network)).toThrow(/^network: got .+; allowed: .+; .+$/);
  },
);

test.each(["relative", "/a b", "/a;", "/a{", '/a"', "/a$b", "/(a|b)", "/a\n"])("refuses the path %j", (path) => {
  expect(() => checkedPath(path)).toThrow(/^path: got .+; allowed: .+; .+$/);
});

test("a pattern matches its paths and what is below, a dot stands for a dot", () => {
  const pattern = new RegExp(`^(?:${pathPattern(["/events", "/a.b/live/"])})(?:/|$)`);
  for (const path of ["/events", "/events/", "/events/1", "/a.b/live", "/a.b/live/x"]) expect(path).toMatch(pattern);
  for (const path of ["/eventsource", "/axb/live", "/other/events", "/a.b"]) expect(path).not.toMatch(pattern);
});

test("the pattern of a prefix keeps its slash at the end", () => {
  expect(prefixPattern("/static.v1/")).toBe("/static\\.v1/");
});

test.each(['say "no"', "back\\slash", "price $5", "two\nlines", "tab\t"])("refuses the text %j", (text) => {
  expect(() => quotedText(text)).toThrow(/^text: got .+; allowed: .+; .+$/);
});
