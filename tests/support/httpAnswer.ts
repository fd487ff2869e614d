import type { Answer } from "./testHost";

export interface HttpAnswer {
  /** Status code; 0 when the connection was closed without an answer. */
  status: number;
  /** Values by name in lower case, in the order they came. */
  headers: Record<string, string[]>;
  body: string;
  /** What the client said about a failure. */
  complaint: string;
}

/** What `curl --include` printed. */
export function parseAnswer({ stdout, stderr }: Answer): HttpAnswer {
  const [head = "", ...rest] = stdout.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers: Record<string, string[]> = {};
  for (const line of lines) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) (headers[name.toLowerCase()] ??= []).push(value!);
  }
  return { status: Number(statusLine.split(" ")[1] ?? 0), headers, body: rest.join("\r\n\r\n"), complaint: stderr };
}
