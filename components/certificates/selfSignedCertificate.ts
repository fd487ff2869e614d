import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Settings } from "../../lib/settings";
import type { CertificateNames, IssuedCertificate } from "./privateAuthority";

const hoursPerDay = 24;

export interface SelfSignedCertificateArgs extends CertificateNames {
  /** How long it lives, and when an update makes it anew: as the authority's own. */
  settings: Settings["authority"];
}

/**
 * A certificate that nobody vouches for, for a site behind a proxy that verifies none. Changed names make a new one for
 * the same key.
 *
 * @example
 * new SelfSignedCertificate("balancer-self-signed", { dnsNames: ["shop.example"], ipAddresses: [], settings });
 */
export class SelfSignedCertificate extends pulumi.ComponentResource implements IssuedCertificate {
  readonly privateKey: pulumi.Output<string>;
  readonly certificate: pulumi.Output<string>;

  constructor(
    name: string,
    { dnsNames, ipAddresses, settings: { leafDays, renewDays } }: SelfSignedCertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("portico:components:SelfSignedCertificate", name, { dnsNames, leafDays }, opts);
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const certificate = new tls.SelfSignedCert(
      `${name}-certificate`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: dnsNames[0] },
        dnsNames,
        ipAddresses,
        allowedUses: ["digital_signature", "server_auth"],
        validityPeriodHours: leafDays * hoursPerDay,
        earlyRenewalHours: renewDays * hoursPerDay,
      },
      { parent: this },
    );
    this.privateKey = key.privateKeyPem;
    this.certificate = certificate.certPem;
    this.registerOutputs({});
  }
}
