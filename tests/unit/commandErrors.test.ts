import { describeError } from "../../bin/commands/base/main";

it("a full disk of the deployer's computer is named as one, with where to look", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  expect(describeError(full)).toMatch(
    /^disk of this computer: got no space left; allowed: room for .*; free some space/,
  );
  expect(describeError(new Error("stack: got none"))).toBe("stack: got none");
});
