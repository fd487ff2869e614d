import { printable } from "../../../lib/base/printable";

/** The line of JSON that a command of the host program answers; undefined where it is none. */
export function readAnswerLine<T>(line: string): T | undefined {
  try {
    const value: unknown = JSON.parse(line, (_, each: unknown) => (typeof each === "string" ? printable(each) : each));
    return typeof value === "object" && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
