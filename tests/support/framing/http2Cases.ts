import { all, evil, type Http2Case } from "./case";
import { plain } from "./claims";

type Fields = Http2Case["fields"];

const changed = (name: string, value: string) => ({
  fields: plain.map(([key, usual]) => [key, key === name ? value : usual] as const),
});
const without = (name: string) => ({ fields: plain.filter(([key]) => key !== name) });
const more = (...fields: Fields) => ({ fields: [...plain, ...fields] });
const post = (fields: Fields, body: string) => ({ fields: [...changed(":method", "POST").fields, ...fields], body });
const smuggled = "GET PATH/smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n";

/** What HTTP/2 forbids, and what would be more than one request where a host takes it as HTTP/1.1. */
export const http2Cases: readonly Http2Case[] = [
  ...all<Http2Case>("refused", {
    "no method": without(":method"),
    "no path": without(":path"),
    "no authority": without(":authority"),
    "a method twice": more([":method", "GET"]),
    "a path twice": more([":path", "/x"]),
    "a scheme twice": more([":scheme", "https"]),
    "an authority twice": more([":authority", evil.name]),
    "an unknown pseudo header": more([":x", "y"]),
    "a pseudo header of answers": more([":status", "200"]),
    "an empty method": changed(":method", ""),
    "a method with a space": changed(":method", "GET /x"),
    "a method in small letters": changed(":method", "get"),
    "a method with a line end": changed(":method", "GET\r\nX: y"),
    "an empty path": changed(":path", ""),
    "a path without a slash": changed(":path", "xPATH"),
    "an asterisk for a path": changed(":path", "*"),
    "a path with a space": changed(":path", "PATH HTTP/1.1"),
    "a path with a line end": changed(":path", `PATH HTTP/1.1\r\nX-Forwarded-For: ${evil.address}`),
    "a path with a whole request": changed(":path", `PATH HTTP/1.1\r\nHost: HOST\r\n\r\n${smuggled}`),
    "a path with a zero byte": changed(":path", "PATH\x00"),
    "a path with an encoded zero byte": changed(":path", "PATH%00"),
    "a path that leads out": changed(":path", "PATH/../../../x"),
    "an authority with a line end": changed(":authority", `HOST\r\nX: y`),
    "an authority with a zero byte": changed(":authority", "HOST\x00"),
    "an authority with a slash": changed(":authority", "HOST/x"),
    "an authority with a space": changed(":authority", `HOST ${evil.name}`),
    "another authority": changed(":authority", evil.name),
    "another authority than host": more(["host", evil.name]),
    "another host than authority": { fields: [...changed(":authority", evil.name).fields, ["host", "HOST"]] },
    "a host alone, which is another": { fields: [...without(":authority").fields, ["host", evil.name]] },
    "CONNECT with a path": changed(":method", "CONNECT"),
    TRACE: changed(":method", "TRACE"),
    "a name in capitals": more(["X-Upper", "y"]),
    "a name with a space": more(["x y", "z"]),
    "a name with a colon": more(["x:y", "z"]),
    "a name with a line end": more(["x\r\ny", "z"]),
    "a name with a zero byte": more(["x\x00", "y"]),
    "an empty name": more(["", "y"]),
    "a value with a line end": more(["x", `y\r\nX-Forwarded-For: ${evil.address}`]),
    "a value with a bare line feed": more(["x", "y\nz: 1"]),
    "a value with a whole request": more(["x", `y\r\n\r\n${smuggled}`]),
    "a value with a zero byte": more(["x", "y\x00"]),
    "a length that is longer than the body": post([["content-length", "10"]], "hello"),
    "a length that is shorter than the body": post([["content-length", "2"]], "hello"),
    "two lengths": post(
      [
        ["content-length", "5"],
        ["content-length", "6"],
      ],
      "hello",
    ),
    "a length that is no number": post([["content-length", "five"]], "hello"),
    "a length with a sign": post([["content-length", "+5"]], "hello"),
  }),
  ...all<Http2Case>("either", {
    "a pseudo header after others": { fields: [["x", "y"], ...plain] },
    "a transfer encoding": post([["transfer-encoding", "chunked"]], `0\r\n\r\n${smuggled}`),
    "a connection field": more(["connection", "close"]),
    "a field to keep alive": more(["keep-alive", "timeout=5"]),
    "an upgrade": more(["upgrade", "websocket"], ["connection", "upgrade"]),
    "te with more than trailers": more(["te", "gzip"]),
    "the scheme http": changed(":scheme", "http"),
    "the scheme file": changed(":scheme", "file"),
    "a fragment": changed(":path", "PATH#x"),
  }),
  ...all<Http2Case>("harmless", {
    "a request that is fine": { fields: plain },
    "a host alone": { fields: [...without(":authority").fields, ["host", "HOST"]] },
    "a body by its length": post([["content-length", "5"]], "hello"),
    "a body without a length": post([], "hello"),
    "a body that looks like a request": post([], `0\r\n\r\n${smuggled}`),
    "te trailers": more(["te", "trailers"]),
    "cookies in pieces": more(["cookie", "a=b"], ["cookie", "c=d"]),
    "a port in the authority": changed(":authority", "HOST:443"),
  }),
];
