import { isIP } from "node:net";

/**
 * Pieces of Nginx configuration made of settings. Each refuses what would end a word, a string or a
 * directive, so that no setting can become a directive of its own.
 */

const serverName = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const urlPath = /^\/[A-Za-z0-9._~\-/]*$/;

/** A host name or an IPv4 address. */
export function checkedName(name: string): string {
  if (!serverName.test(name))
    throw refusal("site name", name, "letters, digits, dots and hyphens", "write a plain host name or address");
  return name;
}

/** Words of a server_name directive, each once. */
export function serverNames(names: readonly string[]): string {
  return [...new Set(names.map(checkedName))].join(" ");
}

/** An address as it stands before a port: IPv6 in brackets. */
export function hostAddress(address: string): string {
  const kind = isIP(address);
  if (kind === 0) throw refusal("address", address, "an IPv4 or IPv6 address", "write the address, not a name");
  return kind === 6 ? `[${address}]` : address;
}

/** An address, or a network as address/length. */
export function checkedNetwork(network: string): string {
  const [address = "", length, ...rest] = network.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const fits = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
  if (bits < 0 || !fits || rest.length > 0)
    throw refusal("network", network, "an address, or a network such as 10.0.0.0/8", "mend it");
  return network;
}

/** Directives that trust these addresses and networks about the client's address. */
export function realAddressFrom(networks: readonly string[]): string {
  return networks.map((network) => `set_real_ip_from ${checkedNetwork(network)};`).join("\n");
}

/** A path of the site, without anything that Nginx would read as syntax. */
export function checkedPath(path: string): string {
  if (!urlPath.test(path)) throw refusal("path", path, "an absolute path of letters, digits and . _ ~ - /", "mend it");
  return path;
}

/** Regular expression that matches exactly these paths; the dot is the only special sign that they may hold. */
export function pathPattern(paths: readonly string[]): string {
  return paths.map((path) => withoutSlashAtEnd(checkedPath(path)).replaceAll(".", "\\.")).join("|");
}

/** Regular expression for these paths as they stand, a slash at the end included. */
export function exactPattern(paths: readonly string[]): string {
  return paths.map(prefixPattern).join("|");
}

/** Where a redirect leads: a path of the site, or an https address, either with a query. */
export function checkedTarget(target: string): string {
  if (!/^(\/|https:\/\/)[A-Za-z0-9._~%=&+?:\-/]*$/.test(target))
    throw refusal("redirect", target, "an absolute path, or an https address", "mend it");
  return target;
}

/** Like pathPattern, for the beginning of one path, its slash at the end included. */
export function prefixPattern(prefix: string): string {
  return checkedPath(prefix).replaceAll(".", "\\.");
}

export function withoutSlashAtEnd(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Text between double quotes: there is no way to write a dollar sign that Nginx does not take for a variable. */
export function quotedText(text: string): string {
  if (/["\\$\x00-\x1f\x7f]/.test(text))
    throw refusal("text", text, 'one line without ", \\ and $', "write it without them");
  return text;
}

function refusal(what: string, value: string, allowed: string, remedy: string): Error {
  return new Error(`${what}: got ${JSON.stringify(value)}; allowed: ${allowed}; ${remedy}`);
}
