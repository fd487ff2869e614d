import { compareVersions, isVersion, releaseNumbers } from "../../../lib/release/python/version";

describe("the order of Python versions", () => {
  test("follows the standard from development release to post release", () => {
    const ordered = [
      "1.0.dev1",
      "1.0a1.dev1",
      "1.0a1",
      "1.0a2",
      "1.0b1",
      "1.0rc1",
      "1.0",
      "1.0.post1.dev2",
      "1.0.post1",
      "1.0.1",
      "1.1",
      "1.10",
      "2.0",
      "1!0.1",
    ];
    for (let index = 1; index < ordered.length; index += 1) {
      expect([ordered[index - 1], ordered[index], compareVersions(ordered[index - 1]!, ordered[index]!)]).toEqual([
        ordered[index - 1],
        ordered[index],
        -1,
      ]);
      expect(compareVersions(ordered[index]!, ordered[index - 1]!)).toBe(1);
    }
  });

  test.each([
    ["1.0", "1.0.0"],
    ["1.0RC1", "1.0c1"],
    ["v1.2", "1.2"],
    ["1.0-1", "1.0.post1"],
    ["2.5.1+cu124", "2.5.1"],
    ["1.0-alpha.1", "1.0a1"],
  ])("takes %s and %s for the same", (left, right) => expect(compareVersions(left, right)).toBe(0));

  test("knows what is no version", () => {
    expect(["1.0", "26.1.0", "1!2.3.post4"].every(isVersion)).toBe(true);
    expect(["", "1.*", "=1.0", "latest", "1.0/2", "1.0 beta x"].some(isVersion)).toBe(false);
    expect(() => compareVersions("1.0", "latest")).toThrow("not a Python version");
  });

  test("gives the release numbers alone", () => expect(releaseNumbers("1!1.26.0rc1+local")).toEqual([1, 26, 0]));
});
