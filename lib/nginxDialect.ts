import type { Platform } from "./platforms";

/** What differs between the versions of Nginx and OpenSSL that platforms bring. */
export interface NginxDialect {
  /** Template with the directives that only this version takes. */
  file: string;
  /** Parameters of a `listen` for HTTPS. */
  tlsListen: string;
  /** Key exchange groups, best first. */
  tlsGroups: string;
  /** Words of the command line that say where errors go before the configuration is read; with a space before each. */
  earlyErrorLog: string;
}

const classicGroups = "X25519:prime256v1:secp384r1";

/**
 * `http2 on` exists since 1.25.1, the option -e since 1.19.5, X25519MLKEM768 since OpenSSL 3.5; what is older refuses
 * the whole file, or the command line, over either.
 */
export function nginxDialect({ nginx, openssl }: Pick<Platform, "nginx" | "openssl">): NginxDialect {
  const minor = Number(nginx.split(".")[1]);
  const parameterForm = minor < 25;
  return {
    file: parameterForm ? "dialect-1.18.conf" : "dialect-1.26.conf",
    tlsListen: parameterForm ? "ssl http2" : "ssl",
    tlsGroups: openssl === "3.5" ? `?X25519MLKEM768:${classicGroups}` : classicGroups,
    earlyErrorLog: minor < 20 ? "" : " -e stderr",
  };
}
