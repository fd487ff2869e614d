/** Paths on a host that several parts name; all other paths follow from the folders below `files/`. */
export const hostPaths = {
  /** Certificates; Nginx names them relative to its own folder beside this one. */
  serverCertificate: "/etc/portico/tls/server.crt",
  serverKey: "/etc/portico/tls/server.key",
  authorityCertificate: "/etc/portico/tls/ca.crt",
  nginxConfiguration: "/etc/portico/nginx/nginx.conf",
  /** Relative paths of logs and temporary files in nginx.conf count from here (`nginx -p`). */
  nginxPrefix: "/var/",
} as const;
