import { all, type Http1Case } from "./case";

const smuggled = "GET PATH/smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n";
const chunked = `0\r\n\r\n${smuggled}`;
const post = (lines: string, body: string) => ({
  bytes: `POST PATH HTTP/1.1\r\nHost: HOST\r\n${lines}\r\n\r\n${body}`,
});
const named = (names: readonly string[], make: (name: string) => { bytes: string }) =>
  Object.fromEntries(names.map((name) => [JSON.stringify(name), make(name)]));
const length = (body: string) => `Content-Length: ${body.length}`;

/** A field that one server takes for a transfer encoding and another does not. */
const encodings = [
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: identity, chunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: gzip",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked;q=1",
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding: 'chunked'",
  "Transfer-Encoding: chunked\x0b",
  "Transfer-Encoding: chunked\x0c",
  "Transfer-Encoding: \x0bchunked",
  "Transfer-Encoding: chunked\x00",
  "Transfer-Encoding: ch\x00unked",
  "Transfer-Encoding: chunked\x85",
  "Transfer-Encoding: \xa0chunked",
  "Transfer-Encoding:",
  "Transfer-Encoding: ,chunked",
  "Transfer-Encoding: chunked,",
  "Transfer-Encoding: cow\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: cow",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding\t: chunked",
  "Transfer-Encoding\x00: chunked",
  "X: y\rTransfer-Encoding: chunked",
];
const lengths = [
  "Content-Length: 5\r\nContent-Length: 6",
  "Content-Length: 5\r\nContent-Length: 5",
  "Content-Length: 5, 5",
  "Content-Length: 5,6",
  "Content-Length: +5",
  "Content-Length: -5",
  "Content-Length: 0x5",
  "Content-Length: 5.0",
  "Content-Length: 5e0",
  "Content-Length: 5 5",
  "Content-Length: five",
  "Content-Length:",
  "Content-Length: 5\x00",
  "Content-Length: 5\x0b",
  "Content-Length: \xb2",
  "Content-Length: 18446744073709551621",
  "Content-Length: 99999999999999999999",
  "Content-Length : 5",
  "Content-Length\t: 5",
];
const badChunks = {
  "no number": "x\r\nhello\r\n0\r\n\r\n",
  "a sign": "+5\r\nhello\r\n0\r\n\r\n",
  "a negative number": "-5\r\nhello\r\n0\r\n\r\n",
  "a prefix": "0x5\r\nhello\r\n0\r\n\r\n",
  "a number beyond 64 bits": "10000000000000005\r\nhello\r\n0\r\n\r\n",
  "a number of ones": "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
  "more than it says": "4\r\nhello\r\n0\r\n\r\n",
  "no line end after it": "5\r\nhello0\r\n\r\n",
  "a zero byte in its size": "5\x00\r\nhello\r\n0\r\n\r\n",
  "an empty line first": "\r\n5\r\nhello\r\n0\r\n\r\n",
  "a comma": "5,5\r\nhello\r\n0\r\n\r\n",
};

/** Where the end of a request lies: what one server takes for its body is the next request to another. */
export const http1Framing: readonly Http1Case[] = [
  ...all<Http1Case>("refused", {
    "both lengths": post(`${length(chunked)}\r\nTransfer-Encoding: chunked`, chunked),
    "both lengths, the other order": post(`Transfer-Encoding: chunked\r\n${length(chunked)}`, chunked),
    "a transfer encoding in HTTP/1.0": {
      bytes: `POST PATH HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
    },
  }),
  ...all<Http1Case>(
    "refused",
    named(encodings, (line) => post(`${line}\r\n${length(chunked)}`, chunked)),
  ),
  ...all<Http1Case>(
    "refused",
    named(lengths, (line) => post(line, "hello")),
  ),
  ...all<Http1Case>(
    "refused",
    Object.fromEntries(
      Object.entries(badChunks).map(([name, body]) => [
        `a chunk with ${name}`,
        post("Transfer-Encoding: chunked", body),
      ]),
    ),
  ),
  ...all<Http1Case>("harmless", {
    "a body by its length": post("Content-Length: 5", "hello"),
    "a body in chunks": post("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
    "chunks of an encoding in capitals": post("Transfer-Encoding: CHUNKED", "5\r\nhello\r\n0\r\n\r\n"),
    "a chunk with an extension": post("Transfer-Encoding: chunked", "5;a=b\r\nhello\r\n0\r\n\r\n"),
    "chunks and a trailer with a claim": post(
      "Transfer-Encoding: chunked",
      "5\r\nhello\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n",
    ),
    "a length with zeros before it": post("Content-Length: 005", "hello"),
    "a name with an underscore for the encoding": post(`Transfer_Encoding: chunked\r\n${length(chunked)}`, chunked),
    "a name with an underscore for the length": post("Content_Length: 5\r\nContent-Length: 0", ""),
    "a body of GET that looks like a request": {
      bytes: `GET PATH HTTP/1.1\r\nHost: HOST\r\n${length(smuggled)}\r\n\r\n${smuggled}`,
    },
    "an encoding in a name that only begins so": post(`Transfer-Encodings: chunked\r\n${length(chunked)}`, chunked),
  }),
];
