import * as pulumi from "@pulumi/pulumi";
import { hostPaths } from "../lib/hostPaths";
import type { SecretFile } from "./hostTransaction";
import type { ServerCertificate } from "./privateAuthority";

/** A server's TLS material as files: the key is readable by Nginx alone, a change of any reloads it. */
export function tlsFiles(server: ServerCertificate, authority: pulumi.Input<string>): SecretFile[] {
  const everyone = { mode: "0644", owner: "root", group: "root", effect: "nginx" } as const;
  return [
    { path: hostPaths.serverCertificate, content: server.certificate, ...everyone },
    { path: hostPaths.serverKey, content: server.privateKey, mode: "0640", owner: "root", group: "www-data", effect: "nginx" },
    { path: hostPaths.authorityCertificate, content: authority, ...everyone },
  ];
}
