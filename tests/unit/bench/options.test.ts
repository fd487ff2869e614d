import path from "node:path";
import { readOptions } from "../../../bench/options";

test("without words all is measured but what takes long, of this checkout", () => {
  const options = readOptions([]);
  expect(options).toMatchObject({ action: "measure", quick: false, keep: false, peers: ["portico", "stock", "bare"] });
  expect(options.only).not.toContain("setup");
  expect(options.porticos).toEqual([{ name: "portico", source: path.resolve(".") }]);
});

test("words choose", () => {
  const words = [
    "quick",
    "--only",
    "cpu,throughput",
    "--keep",
    "--rounds",
    "7",
    "--hosts",
    "1,3",
    "--peers",
    "portico,stock",
  ];
  expect(readOptions([...words, "--portico", "/a", "--portico", "portico-old=/b"])).toMatchObject({
    quick: true,
    only: ["throughput", "cpu"],
    keep: true,
    rounds: 7,
    hosts: [1, 3],
    peers: ["portico", "stock"],
    porticos: [
      { name: "portico", source: "/a" },
      { name: "portico-old", source: "/b" },
    ],
  });
  expect(readOptions(["down"]).action).toBe("down");
  expect(readOptions(["page", "x.json"])).toMatchObject({ action: "page", pageFile: "x.json" });
});

test.each([
  [["fast"], "words: got 'fast'"],
  [["page"], "words: got 'page'"],
  [["down", "now"], "words: got 'down now'"],
  [["--only", "speed"], "--only: got 'speed'; allowed: throughput,"],
  [["--peers", "nginx"], "--peers: got 'nginx'; allowed: portico, stock, bare"],
  [["--rounds", "0"], "--rounds: got '0'; allowed: a whole number"],
  [["--hosts", "1,9"], "--hosts: got '9'; allowed: a whole number from 1 to 8"],
  [["--portico", "new=/a"], "the name 'new'"],
  [["--portico", "/a", "--portico", "/b"], "each with a name of its own"],
  [["--fast"], "--fast"],
])("%j is refused", (words, message) => {
  expect(() => readOptions(words)).toThrow(message);
});
