import { outputsIn } from "../../bin/commands/state/stackState";
import { changedNothing } from "../../bin/commands/update/updates";

const events = (...ops: string[]) => ops.map((op) => ({ timestamp: 1, kind: "ended" as const, urn: "urn", op }));

test("an update that found all as it was has nothing to be read again", () => {
  expect(changedNothing([events("read", "same", "same")])).toBe(true);
});

test.each(["create", "update", "replace", "delete", "refresh", "discard"])(
  "one with a resource to %s has, whatever the others are",
  (op) => {
    expect(changedNothing([events("same", op)])).toBe(false);
    expect(changedNothing([events("same"), events("same", op)])).toBe(false);
  },
);

test("one whose log is empty says nothing", () => {
  expect(changedNothing([[]])).toBe(false);
  expect(changedNothing([])).toBe(false);
});

test("the outputs of a stack are those of the stack itself", () => {
  const stack = { urn: "urn:a", type: "pulumi:pulumi:Stack", inputs: {}, outputs: { url: "https://site" } };
  expect(outputsIn([{ urn: "urn:b", type: "command:remote:Command", inputs: {} }, stack])).toEqual({
    url: "https://site",
  });
  expect(outputsIn([])).toEqual({});
});
