import type { Platform } from "../../hosts/platforms";

/** What differs between the versions of Nginx and OpenSSL that platforms bring. */
export interface NginxDialect {
  /** Template with the directives that only this version takes. */
  file: string;
  /** Whether it limits requests over HTTP/2 by directives of their own. */
  limitsHttp2: boolean;
  /** Parameters of a `listen` for HTTPS. */
  tlsListen: string;
  /** Key exchange groups, best first. */
  tlsGroups: string;
  /** Words of the command line that say where errors go before the configuration is read; with a space before each. */
  earlyErrorLog: string;
  /** Whether a balancer has to close connections before a reload, as Nginx does not keep idle ones open for a moment by itself. */
  closesBeforeReload: boolean;
}

const classicGroups = "X25519:prime256v1:secp384r1";

/**
 * `http2 on` exists since 1.25.1, `keepalive_min_timeout` since 1.27.4, the limits of HTTP/2 are one with those of HTTP/1.1 since
 * 1.19.7, the option -e since 1.19.5, X25519MLKEM768 since OpenSSL 3.5; what is older refuses the whole file, or the command line, over
 * any of them.
 */
export function nginxDialect({ nginx, openssl }: Pick<Platform, "nginx" | "openssl">): NginxDialect {
  const minor = Number(nginx.split(".")[1]);
  const parameterForm = minor < 25;
  const limitsHttp2 = minor < 20;
  return {
    file: dialectFile(minor),
    limitsHttp2,
    tlsListen: parameterForm ? "ssl http2" : "ssl",
    tlsGroups: openssl === "3.5" ? `?X25519MLKEM768:${classicGroups}` : classicGroups,
    earlyErrorLog: minor < 20 ? "" : " -e stderr",
    closesBeforeReload: minor < 28,
  };
}

function dialectFile(minor: number): string {
  if (minor < 20) return "dialect-1.18.conf";
  if (minor < 25) return "dialect-1.22.conf";
  return minor < 28 ? "dialect-1.26.conf" : "dialect-1.28.conf";
}
