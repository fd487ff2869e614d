import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/** What a stack file says below `config:`, by full key. */
export type StackFile = Record<string, unknown>;

/** Reads `Pulumi.<stack>.yaml` of the checkout. */
export function readStackFile(stack: string): StackFile {
  const file = path.join(path.resolve(__dirname, "../.."), `Pulumi.${stack}.yaml`);
  return (parse(readFileSync(file, "utf8")) as { config: StackFile }).config;
}

/** `Pulumi.dev.yaml` with other settings in some groups. */
export function stackWith(groups: Record<string, object>): StackFile {
  const dev = readStackFile("dev");
  const changed = Object.entries(groups).map(([group, settings]) => [
    `portico:${group}`,
    { ...(dev[`portico:${group}`] as object | undefined), ...settings },
  ]);
  return { ...dev, ...Object.fromEntries(changed) };
}

/** A stack file of the tests; keys are without the project. */
export function stackFile(settings: Record<string, unknown>): StackFile {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`portico:${key}`, value]));
}

/** As the engine hands it over: texts as they are, all else as JSON. */
export function engineConfig(file: StackFile): Record<string, string> {
  return Object.fromEntries(
    Object.entries(file).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
