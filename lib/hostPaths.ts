/** Paths on a host that several parts name; all other paths follow from the folders below `files/`. */
export const hostPaths = {
  /** Certificates; Nginx names them relative to its own folder beside this one. That of an application host: */
  serverCertificate: "/etc/portico/tls/server.crt",
  serverKey: "/etc/portico/tls/server.key",
  /** That of the site, on the balancer. */
  siteCertificate: "/etc/portico/tls/site.crt",
  siteKey: "/etc/portico/tls/site.key",
  authorityCertificate: "/etc/portico/tls/ca.crt",
  nginxConfiguration: "/etc/portico/nginx/nginx.conf",
  /** Relative paths of logs and temporary files in nginx.conf count from here (`nginx -p`). */
  nginxPrefix: "/var/",
} as const;
