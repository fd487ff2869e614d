import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { trustedGenerations, generationName } from "../../lib/certificates/generations";
import type { Settings } from "../../lib/settings";

const hoursPerDay = 24;
const authorityDays = 3650;
/** More than any certificate of a host lives, so that none outlives what signed it. */
const authorityRenewDays = 900;

export interface PrivateAuthorityArgs {
  /** Shown in browsers and logs as the issuer. */
  commonName: string;
  /** A higher generation makes new keys; another life makes new certificates. Both in place. */
  settings: Settings["authority"];
}

export interface CertificateNames {
  /** Names in the certificate; the first one is its subject. */
  dnsNames: string[];
  ipAddresses: pulumi.Input<string>[];
}

/** What a certificate of the authority may prove, as the provider spells it: who answers, or who asks. */
export type CertificateUse = "server_auth" | "client_auth";

/** A key and its certificate, PEM. The key is secret. */
export interface IssuedCertificate {
  privateKey: pulumi.Output<string>;
  certificate: pulumi.Output<string>;
}

/**
 * A certificate authority of the stack's own, for the hop between balancer and hosts and for sites without a
 * public name. Its keys stay in the stack's encrypted state. It has generations: the present one signs, its
 * neighbours are trusted too (docs/adr/0013). A certificate that ends soon is made anew by the next update.
 *
 * @example
 * const authority = new PrivateAuthority("authority", { commonName: "Portico dev", settings: settings.authority });
 * const { certificate, privateKey } = authority.issue("web-1", { dnsNames: ["web.portico.internal"], ipAddresses: [] });
 */
export class PrivateAuthority extends pulumi.ComponentResource {
  /** Certificates that clients trust, PEM, one after another. */
  readonly certificates: pulumi.Output<string>;

  readonly settings: Settings["authority"];
  private readonly key: tls.PrivateKey;
  private readonly certificate: pulumi.Output<string>;

  constructor(name: string, { commonName, settings }: PrivateAuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:PrivateAuthority", name, { commonName, ...settings }, opts);
    this.settings = settings;
    const known = trustedGenerations(settings.generation).map((generation) => ({
      generation,
      ...this.makeAuthority(name, commonName, generation),
    }));
    const { key, certificate } = known.find(({ generation }) => generation === settings.generation)!;
    this.key = key;
    this.certificate = certificate;
    this.certificates = pulumi.all(known.map((authority) => authority.certificate)).apply(joinPem);
    this.registerOutputs({ certificates: this.certificates });
  }

  /** Makes a key and a certificate, for a TLS server by default. Other names make a new certificate for the same key. */
  issue(
    name: string,
    { dnsNames, ipAddresses }: CertificateNames,
    use: CertificateUse = "server_auth",
  ): IssuedCertificate {
    const key = this.makeKey(name, this.settings.generation);
    const request = new tls.CertRequest(
      `${name}-request`,
      { privateKeyPem: key.privateKeyPem, subject: { commonName: dnsNames[0] }, dnsNames, ipAddresses },
      { parent: this },
    );
    const signed = new tls.LocallySignedCert(
      `${name}-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.key.privateKeyPem,
        caCertPem: this.certificate,
        allowedUses: ["digital_signature", use],
        validityPeriodHours: this.settings.leafDays * hoursPerDay,
        earlyRenewalHours: this.settings.renewDays * hoursPerDay,
      },
      { parent: this },
    );
    return { privateKey: key.privateKeyPem, certificate: signed.certPem };
  }

  private makeAuthority(name: string, commonName: string, generation: number) {
    const key = this.makeKey(name, generation);
    const certificate = new tls.SelfSignedCert(
      generationName(`${name}-certificate`, generation),
      {
        privateKeyPem: key.privateKeyPem,
        // Authorities of one name would be tried one after another by whoever verifies.
        subject: { commonName: generation === 1 ? commonName : `${commonName}, generation ${generation}` },
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: authorityDays * hoursPerDay,
        earlyRenewalHours: authorityRenewDays * hoursPerDay,
      },
      { parent: this },
    ).certPem;
    return { key, certificate };
  }

  /** P-256, since the provider's default curve is one that browsers and balancers refuse. */
  private makeKey(name: string, generation: number): tls.PrivateKey {
    return new tls.PrivateKey(
      generationName(`${name}-key`, generation),
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      { parent: this },
    );
  }
}

function joinPem(certificates: string[]): string {
  return certificates.map((pem) => (pem.endsWith("\n") ? pem : `${pem}\n`)).join("");
}
