/** One thing that a client may send, and what must become of it. */
export interface FramingCase {
  name: string;
  /**
   * `refused`: the application sees nothing of it. `harmless`: it sees one request, the one that was sent, and none of the claims
   * in it. `either`: versions of Nginx differ, and both are fine.
   */
  must: "refused" | "harmless" | "either";
}

/** Names and values that a case tries to have the application believe. */
export const evil = { address: "6.6.6.6", name: "evil.example" };

/** Bytes of HTTP/1.1 as Latin-1; PATH is the path of the case, and HOST the site's name. */
export interface Http1Case extends FramingCase {
  bytes: string;
}

/** Header fields of one HTTP/2 request in the order of their sending, and its body. */
export interface Http2Case extends FramingCase {
  fields: readonly (readonly [string, string])[];
  body?: string;
}

/** Cases that must become of the same thing. */
export function all<Kind extends FramingCase>(must: Kind["must"], cases: Record<string, Omit<Kind, "name" | "must">>) {
  return Object.entries(cases).map(([name, rest]) => ({ name, must, ...rest }) as Kind);
}

/** A field of HTTP/1.1 in each of several spellings, in a request that is fine otherwise. */
export function fields(lines: readonly string[]): Record<string, { bytes: string }> {
  return Object.fromEntries(
    lines.map((line) => [JSON.stringify(line), { bytes: `GET PATH HTTP/1.1\r\nHost: HOST\r\n${line}\r\n\r\n` }]),
  );
}
