import path from "node:path";
import { requireState } from "../../bin/commands/state/stackState";
import { stackFolders } from "../../lib/stack/stateFolder";

const stack = "nobody-made-this-one";
const root = path.resolve(stackFolders(stack).root);

it("a stack without state is refused with the ways on", () => {
  expect(() => requireState(stack, { PULUMI_BACKEND_URL: `file://${root}/backend?metadata=skip` })).toThrow(
    new RegExp(`^state: got none of ${stack} in .*; allowed: a stack that is up; .*bin/restore ${stack} FILE`),
  );
});

it("a state that is kept elsewhere is not looked for", () => {
  expect(() => requireState(stack, { PULUMI_BACKEND_URL: "s3://a-bucket" })).not.toThrow();
});
