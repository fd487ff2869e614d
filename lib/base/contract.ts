import shared from "../../hostProgram/portico_host/base/contract.json";

/**
 * What this program and the one on the hosts both name. It is written once, in the package of the host program, which reads
 * the same file; what only one of the two names stands where it is used. Of its paths `server.crt` is the certificate of an
 * application host, `site.crt` that of the site, on the balancer; Nginx names them relative to its own folder beside theirs.
 * Relative paths of logs and temporary files in nginx.conf count from `nginxPrefix` (`nginx -p`).
 */
export const contract = shared;

/** Role of a bundle: what a host with it is. */
export type BundleRole = keyof typeof shared.roles;

/** What the host program does after a file with this effect changed; the contract says it of each. */
export type Effect = keyof typeof shared.effects;
