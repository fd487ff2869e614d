import { trustedGenerations, checkStep, generationName } from "../../lib/certificates/generations";
import { SettingsError } from "../../lib/settings";

it("the generation that signs is believed with its neighbours; there is none before the first", () => {
  expect(trustedGenerations(1)).toEqual([1, 2]);
  expect(trustedGenerations(7)).toEqual([6, 7, 8]);
});

it("each generation has its own names, the first one the plain ones", () => {
  expect([1, 2, 12].map((generation) => generationName("authority-key", generation))).toEqual([
    "authority-key",
    "authority-key-2",
    "authority-key-12",
  ]);
});

describe("a step to another generation", () => {
  it.each([
    ["a new stack, at any generation", undefined, 5],
    ["a stack that stays", 3, 3],
    ["the next generation", 3, 4],
    ["the one before", 3, 2],
  ])("is taken by %s", (_, previous, current) => {
    expect(() => checkStep(previous, current)).not.toThrow();
  });

  it.each([
    [1, 3, "1, 2", 2],
    [3, 9, "2, 3, 4", 4],
    [9, 3, "8, 9, 10", 8],
  ])(
    "from %d to %d is refused, since a balancer of the former would believe no host of the latter",
    (previous, current, allowed, next) => {
      expect(() => checkStep(previous, current)).toThrow(SettingsError);
      expect(() => checkStep(previous, current)).toThrow(
        `portico:authority.generation: got ${current}; allowed: ${allowed}: the hosts are at ${previous}, and trust its neighbours only; set ${next}, update, and go on from there`,
      );
    },
  );
});
