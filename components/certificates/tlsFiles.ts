import { contract, type Effect } from "../../lib/base/contract";
import * as pulumi from "@pulumi/pulumi";
import { clientName } from "../../lib/hosts/wellKnown";
import type { SecretFile } from "../hosts/hostTransaction";
import type { IssuedCertificate, PrivateAuthority } from "./privateAuthority";

const forEveryone = { mode: "0644", owner: "root", group: "root", effect: "nginx" } as const;
const places = {
  server: [contract.paths.serverCertificate, contract.paths.serverKey],
  site: [contract.paths.siteCertificate, contract.paths.siteKey],
} as const;

/**
 * A certificate and its key as files, that of an application host or that of the site: the key is readable by Nginx
 * alone, a change of either has `effect`.
 */
export function certificateFiles(
  use: keyof typeof places,
  { certificate, privateKey }: IssuedCertificate,
  effect: Effect = "nginx",
): SecretFile[] {
  const [certificatePath, keyPath] = places[use];
  return [
    { path: certificatePath, content: certificate, ...forEveryone, effect },
    { path: keyPath, content: privateKey, mode: "0640", owner: "root", group: "www-data", effect },
  ];
}

/**
 * What the balancer `name` shows application hosts, which answer nobody else: certificate and key in one file, so that
 * the health check never reads two that do not fit. It runs as Nginx's user and not in its group.
 */
export function clientFile(name: string, authority: PrivateAuthority): SecretFile {
  const names = { dnsNames: [clientName], ipAddresses: [] };
  const { certificate, privateKey } = authority.issue(`${name}-client`, names, "client_auth");
  return {
    path: contract.paths.clientCertificate,
    content: pulumi.interpolate`${certificate}${privateKey}`,
    mode: "0400",
    owner: "www-data",
    group: "root",
    effect: "nginx",
  };
}

/** The authorities that the host trusts. */
export function authorityFile(certificates: pulumi.Input<string>): SecretFile {
  return { path: contract.paths.authorityCertificate, content: certificates, ...forEveryone };
}
