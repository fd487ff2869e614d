/** Paths on a host that several parts name; all other paths follow from the folders below `files/`. */
export const hostPaths = {
  /** Certificates; Nginx names them relative to its own folder beside this one. */
  serverCertificate: "/etc/portico/tls/server.crt",
  serverKey: "/etc/portico/tls/server.key",
  authorityCertificate: "/etc/portico/tls/ca.crt",
  nginxFolder: "/etc/portico/nginx",
  nginxConfiguration: "/etc/portico/nginx/nginx.conf",
  /** Relative paths of logs and temporary files in nginx.conf count from here (`nginx -p`). */
  nginxPrefix: "/var/",
  unitFolder: "/etc/systemd/system",
  /** Socket between Nginx and the application. */
  appSocket: "/run/portico/app.sock",
  /** Static files of the retained releases. */
  assetsFolder: "/opt/portico/assets",
  /** Stands for the folder of the revision that a file with effect `app` becomes part of. */
  revisionFolder: "/opt/portico/revision",
} as const;
