import { contract } from "../../lib/base/contract";
import * as pulumi from "@pulumi/pulumi";
import type { SecretFile } from "../hosts/hostTransaction";
import type { ServerCertificate } from "./privateAuthority";

const forEveryone = { mode: "0644", owner: "root", group: "root", effect: "nginx" } as const;
const places = {
  server: [contract.paths.serverCertificate, contract.paths.serverKey],
  site: [contract.paths.siteCertificate, contract.paths.siteKey],
} as const;

/**
 * A certificate and its key as files, that of an application host or that of the site: the key is readable by Nginx
 * alone, a change of either reloads it.
 */
export function certificateFiles(
  use: keyof typeof places,
  { certificate, privateKey }: ServerCertificate,
): SecretFile[] {
  const [certificatePath, keyPath] = places[use];
  return [
    { path: certificatePath, content: certificate, ...forEveryone },
    { path: keyPath, content: privateKey, mode: "0640", owner: "root", group: "www-data", effect: "nginx" },
  ];
}

/** The authorities that the host trusts. */
export function authorityFile(certificates: pulumi.Input<string>): SecretFile {
  return { path: contract.paths.authorityCertificate, content: certificates, ...forEveryone };
}
