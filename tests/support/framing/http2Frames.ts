import type { Http2Case } from "./case";

/** Frames as RFC 9113 has them, for requests that no library would send. */
const types = { data: 0, headers: 1, reset: 3, settings: 4, goAway: 7 } as const;
const flags = { endStream: 1, endHeaders: 4 } as const;

function frame(type: number, flag: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flag, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A string as HPACK has it, without Huffman's code (RFC 7541, 5.2). */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  const size: number[] = bytes.length < 127 ? [bytes.length] : [127];
  for (let rest = bytes.length - 127; rest >= 0; rest = rest < 128 ? -1 : rest >> 7)
    size.push(rest < 128 ? rest : (rest & 127) | 128);
  return Buffer.concat([Buffer.from(size), bytes]);
}

/** A connection with one request on stream 1. */
export function http2Request({ fields, body }: Pick<Http2Case, "fields" | "body">): Buffer {
  const literals = fields.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)]));
  const end = body === undefined ? flags.endStream : 0;
  return Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    frame(types.settings, 0, 0, Buffer.alloc(0)),
    frame(types.headers, flags.endHeaders | end, 1, Buffer.concat(literals)),
    ...(body === undefined ? [] : [frame(types.data, flags.endStream, 1, Buffer.from(body, "latin1"))]),
  ]);
}

/** What came back: whether that is all, and the statuses in it. 200 has a code of its own; any other status is 0 here. */
export function readHttp2(received: Buffer): { ended: boolean; statuses: number[] } {
  const statuses: number[] = [];
  let ended = false;
  for (let at = 0; at + 9 <= received.length && at + 9 + received.readUIntBE(at, 3) <= received.length;) {
    const [type, flag, payload] = [received[at + 3]!, received[at + 4]!, received.subarray(at + 9)];
    if (type === types.headers) statuses.push(payload.subarray(0, 2).includes(0x88) ? 200 : 0);
    const last = (type === types.headers || type === types.data) && (flag & flags.endStream) !== 0;
    ended ||= last || type === types.reset || type === types.goAway;
    at += 9 + received.readUIntBE(at, 3);
  }
  return { ended, statuses };
}
