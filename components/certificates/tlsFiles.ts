import { contract } from "../../lib/base/contract";
import * as pulumi from "@pulumi/pulumi";
import { clientName } from "../../lib/hosts/wellKnown";
import type { SecretFile } from "../hosts/hostTransaction";
import type { IssuedCertificate, PrivateAuthority } from "./privateAuthority";

const forEveryone = { mode: "0644", owner: "root", group: "root", effect: "nginx" } as const;
const places = {
  server: [contract.paths.serverCertificate, contract.paths.serverKey],
  site: [contract.paths.siteCertificate, contract.paths.siteKey],
} as const;

/** The key of a certificate: readable by Nginx alone. */
const ofNginx = { mode: "0640", owner: "root", group: "www-data", effect: "nginx" } as const;
/** That of the balancer's: also by the health check, which runs as Nginx's user and not in its group. */
const ofNginxUser = { mode: "0400", owner: "www-data", group: "root", effect: "nginx" } as const;

/** A certificate and its key as files, that of an application host or that of the site: a change of either reloads Nginx. */
export function certificateFiles(
  use: keyof typeof places,
  { certificate, privateKey }: IssuedCertificate,
): SecretFile[] {
  const [certificatePath, keyPath] = places[use];
  return [
    { path: certificatePath, content: certificate, ...forEveryone },
    { path: keyPath, content: privateKey, ...ofNginx },
  ];
}

/** What the balancer `name` shows application hosts, which answer nobody else. */
export function clientFiles(name: string, authority: PrivateAuthority): SecretFile[] {
  const names = { dnsNames: [clientName], ipAddresses: [] };
  const { certificate, privateKey } = authority.issue(`${name}-client`, names, "client_auth");
  return [
    { path: contract.paths.clientCertificate, content: certificate, ...forEveryone },
    { path: contract.paths.clientKey, content: privateKey, ...ofNginxUser },
  ];
}

/** The authorities that the host trusts. */
export function authorityFile(certificates: pulumi.Input<string>): SecretFile {
  return { path: contract.paths.authorityCertificate, content: certificates, ...forEveryone };
}
