import * as pulumi from "@pulumi/pulumi";
import { withChain } from "../../lib/certificates/givenCertificate";
import type { CertificateKind } from "../../lib/settings";
import type { GivenCertificate } from "./givenCertificate";
import type { Machine } from "../hosts/machine";
import type { IssuedCertificate, PrivateAuthority } from "./privateAuthority";
import { SelfSignedCertificate } from "./selfSignedCertificate";
import { certificateFiles } from "./tlsFiles";
import type { SecretFile } from "../hosts/hostTransaction";

/** How clients know the site. */
export interface SiteIdentity {
  /** Names in the certificate that the authority makes; new ones make a new certificate. */
  domains: readonly string[];
  /** Where the certificate comes from; another word puts another one in its place by a reload. */
  kind: CertificateKind;
  /** That of the word `given`. */
  certificate?: GivenCertificate;
}

/**
 * What the host that faces the clients shows them: the given certificate, or one for its names and its address. By ACME the
 * host gets its own: the authority's is there until then.
 */
export function siteCertificate(
  name: string,
  { certificate, domains, kind }: SiteIdentity,
  authority: PrivateAuthority,
  machine: Machine,
): IssuedCertificate {
  const names = { dnsNames: [...domains], ipAddresses: [machine.address] };
  if (certificate !== undefined)
    return { privateKey: certificate.privateKey, certificate: pulumi.output(withChain(certificate)) };
  if (kind !== "self-signed") return authority.issue(name, names);
  return new SelfSignedCertificate(
    `${name}-self-signed`,
    { ...names, settings: authority.settings },
    { parent: authority },
  );
}

/** The same as files. Those that ACME replaces are the host's once they are there. */
export function siteCertificateFiles(
  name: string,
  site: SiteIdentity,
  authority: PrivateAuthority,
  machine: Machine,
): SecretFile[] {
  const effect = site.kind === "acme" ? "agent" : "nginx";
  return certificateFiles("site", siteCertificate(name, site, authority, machine), effect);
}

/** Address of the site for a browser: with a certificate that browsers believe the name that it is for. */
export function siteUrl({ kind, domains }: SiteIdentity, { address }: Machine): pulumi.Output<string> {
  return pulumi.interpolate`https://${kind === "given" || kind === "acme" ? domains[0]! : address}`;
}
