import { all, evil, fields, type Http1Case, type Http2Case } from "./case";

const claimed: readonly (readonly [string, string])[] = [
  ["Forwarded", `for=${evil.address};proto=http;host=${evil.name}`],
  ["X-Forwarded-For", evil.address],
  ["X-Forwarded-For", `${evil.address}, 10.31.64.10`],
  ["X-Forwarded-Proto", "http"],
  ["X-Forwarded-Host", evil.name],
  ["X-Forwarded-Port", "80"],
  ["X-Forwarded-Prefix", "/evil"],
  ["X-Forwarded-Protocol", "http"],
  ["X-Forwarded-Ssl", "off"],
  ["X-Real-IP", evil.address],
  ["Proxy", `http://${evil.name}`],
  ["X-Request-ID", "0".repeat(32)],
  ["X-Request-Start", "t=1"],
];
const underscored = claimed.map(([name, value]) => [name.replaceAll("-", "_"), value] as const);
const hopByHop = [
  "close, X-Forwarded-For",
  "X-Forwarded-Proto",
  "Host",
  "X-Request-ID",
  "Content-Length",
  "upgrade, http2-settings",
];
const upgrades = ["h2c", "websocket", "TLS/1.3", "HTTP/1.0", "websocket, h2c"];

/** What a client says of itself, of the way to the site, or of what the servers on that way may pass on. */
export const http1Claims: readonly Http1Case[] = all<Http1Case>("harmless", {
  ...fields(claimed.map(([name, value]) => `${name}: ${value}`)),
  ...fields(claimed.map(([name, value]) => `${name.toLowerCase()}: ${value}\r\n${name.toUpperCase()}: ${value}`)),
  ...fields(underscored.filter(([name]) => name.includes("_")).map(([name, value]) => `${name}: ${value}`)),
  ...fields(hopByHop.map((value) => `Connection: ${value}`)),
  ...fields(
    upgrades.map((value) => `Upgrade: ${value}\r\nConnection: Upgrade\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA`),
  ),
});

/** Pseudo header fields of a request that is fine. */
export const plain: Http2Case["fields"] = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "HOST"],
  [":path", "PATH"],
];

const over2 = (more: readonly (readonly [string, string])[]) =>
  Object.fromEntries(
    more.map(([name, value]) => [`${name}: ${value}`, { fields: [...plain, [name.toLowerCase(), value] as const] }]),
  );

export const http2Claims: readonly Http2Case[] = all<Http2Case>("harmless", {
  ...over2(claimed),
  ...over2(underscored.filter(([name]) => name.includes("_"))),
});
