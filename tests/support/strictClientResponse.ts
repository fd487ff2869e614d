/**
 * Reads one HTTP/1.1 answer from the bytes of a connection.
 *
 * Stricter than a browser: whatever leaves the end of an answer in doubt is a fault, because a client that guesses would
 * count a damaged answer as a good one.
 */

export interface Response {
  status: number;
  /** Names in lower case; repeated fields joined by ", ". */
  headers: Map<string, string>;
  body: Buffer;
  /** Whether the server lets the connection be used again. */
  keepAlive: boolean;
}

/** The server sent something that is not one well-formed answer. */
export class MalformedResponse extends Error {}

type Framing = { kind: "none" } | { kind: "length"; bytes: number } | { kind: "chunked" } | { kind: "untilClose" };

interface Head {
  status: number;
  headers: Map<string, string>;
  keepAlive: boolean;
  framing: Framing;
}

const maximumHeadBytes = 64 * 1024;
const headEnd = "\r\n\r\n";

export class ResponseReader {
  private rest = Buffer.alloc(0);
  private head: Head | undefined;
  private chunks: Buffer[] = [];
  private isInTrailers = false;

  /** Whether any byte of the answer has arrived. */
  get hasStarted(): boolean {
    return this.head !== undefined || this.rest.length > 0;
  }

  /** Takes the next bytes; returns the answer once it is complete. Throws MalformedResponse. */
  push(bytes: Buffer): Response | undefined {
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.head === undefined) {
      const block = this.takeHead();
      if (block === undefined) return undefined;
      const head = parseHead(block);
      // An informational answer precedes the real one.
      if (head.status >= 200) this.head = head;
    }
    return this.readBody(this.head) ? this.finish(this.head) : undefined;
  }

  /** The server ended the connection: completes an answer that lasts until then, else undefined. */
  end(): Response | undefined {
    if (this.head?.framing.kind !== "untilClose") return undefined;
    this.chunks.push(this.take(this.rest.length));
    return this.finish(this.head);
  }

  private readBody(head: Head): boolean {
    switch (head.framing.kind) {
      case "none":
        return true;
      case "untilClose":
        return false;
      case "length":
        if (this.rest.length < head.framing.bytes) return false;
        this.chunks.push(this.take(head.framing.bytes));
        return true;
      case "chunked":
        return this.readChunks();
    }
  }

  private readChunks(): boolean {
    while (!this.isInTrailers) {
      const lineEnd = this.rest.indexOf("\r\n");
      if (lineEnd < 0) return false;
      const line = this.rest.toString("latin1", 0, lineEnd);
      const size = /^([0-9a-fA-F]{1,8})[ \t]*(;.*)?$/.exec(line)?.[1];
      if (size === undefined) throw new MalformedResponse(`chunk size: got ${JSON.stringify(line.slice(0, 40))}`);
      const bytes = parseInt(size, 16);
      if (bytes === 0) {
        this.take(lineEnd + 2);
        this.isInTrailers = true;
      } else {
        if (this.rest.length < lineEnd + 2 + bytes + 2) return false;
        this.take(lineEnd + 2);
        this.chunks.push(this.take(bytes));
        if (this.take(2).toString("latin1") !== "\r\n")
          throw new MalformedResponse("chunk: no line break after its data");
      }
    }
    return this.readTrailers();
  }

  private readTrailers(): boolean {
    for (;;) {
      const lineEnd = this.rest.indexOf("\r\n");
      if (lineEnd < 0) return false;
      this.take(lineEnd + 2);
      if (lineEnd === 0) return true;
    }
  }

  private takeHead(): string | undefined {
    const end = this.rest.indexOf(headEnd);
    if ((end < 0 ? this.rest.length : end) > maximumHeadBytes) throw new MalformedResponse("head: longer than 64 KiB");
    return end < 0 ? undefined : this.take(end + headEnd.length).toString("latin1", 0, end);
  }

  private take(bytes: number): Buffer {
    const taken = this.rest.subarray(0, bytes);
    this.rest = this.rest.subarray(bytes);
    return taken;
  }

  private finish(head: Head): Response {
    if (this.rest.length > 0)
      throw new MalformedResponse(`answer: followed by ${this.rest.length} bytes that belong to none`);
    const keepAlive = head.keepAlive && head.framing.kind !== "untilClose";
    return { status: head.status, headers: head.headers, body: Buffer.concat(this.chunks), keepAlive };
  }
}

function parseHead(block: string): Head {
  const [statusLine = "", ...lines] = block.split("\r\n");
  const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/.exec(statusLine);
  if (match === null) throw new MalformedResponse(`status line: got ${JSON.stringify(statusLine.slice(0, 80))}`);
  const status = Number(match[2]);
  const headers = parseHeaders(lines);
  const connection = (headers.get("connection") ?? "").toLowerCase().split(/[ \t]*,[ \t]*/);
  const keepAlive = match[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive");
  return { status, headers, keepAlive, framing: chooseFraming(status, headers) };
}

function parseHeaders(lines: string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (match === null) throw new MalformedResponse(`header line: got ${JSON.stringify(line.slice(0, 80))}`);
    const [, name = "", value = ""] = match;
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function chooseFraming(status: number, headers: Map<string, string>): Framing {
  if (status < 200 || status === 204 || status === 304) return { kind: "none" };
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding !== undefined && length !== undefined)
    throw new MalformedResponse("answer: has both a length and a transfer coding");
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked")
      throw new MalformedResponse(`transfer coding: got ${JSON.stringify(coding)}`);
    return { kind: "chunked" };
  }
  if (length === undefined) return { kind: "untilClose" };
  if (!/^\d{1,12}$/.test(length)) throw new MalformedResponse(`content length: got ${JSON.stringify(length)}`);
  return { kind: "length", bytes: Number(length) };
}
