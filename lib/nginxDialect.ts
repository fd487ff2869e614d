import type { Platform } from "./platforms";

/** What differs between the versions of Nginx and OpenSSL that platforms bring. */
export interface NginxDialect {
  /** Template with the directives that only this version takes. */
  file: string;
  /** Parameters of a `listen` for HTTPS. */
  tlsListen: string;
  /** Key exchange groups, best first. */
  tlsGroups: string;
}

const classicGroups = "X25519:prime256v1:secp384r1";

/** `http2 on` exists since 1.25.1, X25519MLKEM768 since OpenSSL 3.5; what is older refuses the whole file over either. */
export function nginxDialect({ nginx, openssl }: Pick<Platform, "nginx" | "openssl">): NginxDialect {
  const parameterForm = nginx === "1.22";
  return {
    file: parameterForm ? "dialect-1.22.conf" : "dialect-1.26.conf",
    tlsListen: parameterForm ? "ssl http2" : "ssl",
    tlsGroups: openssl === "3.5" ? `?X25519MLKEM768:${classicGroups}` : classicGroups,
  };
}
