import { readStackFile, type StackFile } from "./stackFile";

type Group = Record<string, unknown>;

/** The stack file of an AWS stack with some groups of `portico:aws` changed; keys of `rest` are without the project. */
export function awsFile(
  stack: "staging" | "prod",
  aws: Record<string, Group | boolean> = {},
  rest: Group = {},
): StackFile {
  const file = readStackFile(stack);
  const given = file["portico:aws"] as Record<string, Group>;
  const changed = Object.entries(aws).map(([key, value]) => [
    key,
    typeof value === "object" ? { ...given[key], ...value } : value,
  ]);
  return {
    ...file,
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [`portico:${key}`, value])),
    "portico:aws": { ...given, ...Object.fromEntries(changed) },
  };
}
