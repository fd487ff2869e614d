import { isScalar, parseDocument } from "yaml";

const quotes: Record<string, string> = { QUOTE_DOUBLE: '"', QUOTE_SINGLE: "'" };

/**
 * The text of a stack file with another value of one setting; comments, quotes and all else stay as they are. Undefined
 * where the setting is not there as a plain value.
 *
 * @param path keys from the top, as `["config", "portico:aws", "region"]`
 * @param value what needs no escape in YAML, as an identifier
 */
export function replaceSetting(text: string, path: readonly string[], value: string): string | undefined {
  const document = parseDocument(text);
  const node = document.errors.length === 0 ? document.getIn(path, true) : undefined;
  if (!isScalar(node) || node.value === null || !node.range) return undefined;
  const quote = quotes[node.type ?? ""] ?? "";
  const [start, end] = node.range;
  return `${text.slice(0, start)}${quote}${value}${quote}${text.slice(end)}`;
}
