import { SettingsError } from "../../settings/faults";
import type { WheelTarget } from "../python/platformTags";
import { lockFault } from "../python/requirements";
import type { ToolResult } from "./tools";

export interface ExportCall {
  /** Name of the lock. */
  name: string;
  /** Holds the lock and what its tool reads beside it, and nothing else of the project. */
  folder: string;
  /** Where the tool is. */
  tool: string;
  /** What is wanted besides the main dependencies. */
  extras: readonly string[];
  groups: readonly string[];
  targets: readonly WheelTarget[];
  onProgress?: (line: string) => void;
}

export interface Exporter {
  /** The file beside the lock that it was made of. */
  manifest?: string;
  /** Another that may be there and says how. */
  settings?: string;
  /** Its packages as requirements with hashes. Throws a SettingsError. */
  export: (call: ExportCall) => Promise<string>;
}

/** Throws what a lock is refused for: what was found, the tool's own words in further lines, and what to do. */
export function refuse(name: string, found: string, remedy: string): never {
  const [first, ...words] = found.trim().split("\n");
  const said = words.length === 0 ? "" : `; it said:\n${words.map((line) => `    ${line}`).join("\n")}`;
  throw new SettingsError([lockFault(`${name}: ${first}`, "a lock that its tool can export", `${remedy}${said}`)]);
}

/** The answer of one of our scripts, one object: `text`, or `fault` with what was found and what to do. */
export function answerOf(name: string, { exitCode, output, errors }: ToolResult, remedy: string): string {
  if (exitCode !== 0) refuse(name, exceptionOf(errors), remedy);
  const { text, fault } = JSON.parse(output) as { text?: string; fault?: [string, string] };
  return text ?? refuse(name, ...fault!);
}

/** What a Python that failed says at last, without the way to it. */
function exceptionOf(errors: string): string {
  const at = errors.search(/^\w[\w.]*(Error|Exception)\b/m);
  return at === -1 ? errors : errors.slice(at);
}
