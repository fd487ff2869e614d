import * as pulumi from "@pulumi/pulumi";
import { withChain } from "../../lib/certificates/givenCertificate";
import type { GivenCertificate } from "./givenCertificate";
import type { Machine } from "../hosts/machine";
import type { IssuedCertificate, PrivateAuthority } from "./privateAuthority";

/** How clients know the site. */
export interface SiteIdentity {
  /** Names in the certificate that the authority makes; new ones make a new certificate. */
  domains: readonly string[];
  /** The public certificate that the user brings, in its place; new material is put in place by a reload. */
  certificate?: GivenCertificate;
}

/** What the host that faces the clients shows them: the given certificate, or one for its names and its address. */
export function siteCertificate(
  name: string,
  { certificate, domains }: SiteIdentity,
  authority: PrivateAuthority,
  machine: Machine,
): IssuedCertificate {
  if (certificate === undefined)
    return authority.issue(name, { dnsNames: [...domains], ipAddresses: [machine.address] });
  return { privateKey: certificate.privateKey, certificate: pulumi.output(withChain(certificate)) };
}

/** Address of the site for a browser: with a given certificate the name that it is for. */
export function siteUrl({ certificate, domains }: SiteIdentity, { address }: Machine): pulumi.Output<string> {
  return pulumi.interpolate`https://${certificate === undefined ? address : domains[0]!}`;
}
