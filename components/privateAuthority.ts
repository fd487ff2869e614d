import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

const hoursPerDay = 24;
const authorityDays = 3650;
/** Long enough for a stack that is updated a few times a year; a longer life only delays finding out. */
const leafDays = 397;

export interface PrivateAuthorityArgs {
  /** Shown in browsers and logs as the issuer. */
  commonName: string;
}

export interface ServerCertificateArgs {
  /** Names in the certificate; the first one is its subject. */
  dnsNames: string[];
  ipAddresses: pulumi.Input<string>[];
}

/** A server's key and certificate, PEM. The key is secret. */
export interface ServerCertificate {
  privateKey: pulumi.Output<string>;
  certificate: pulumi.Output<string>;
}

/**
 * A certificate authority of the stack's own, for the hop between balancer and hosts and for sites without a
 * public name. Its key stays in the stack's encrypted state.
 *
 * @example
 * const authority = new PrivateAuthority("authority", { commonName: "Portico dev" });
 * const { certificate, privateKey } = authority.issue("web-1", { dnsNames: ["web.portico.internal"], ipAddresses: [] });
 */
export class PrivateAuthority extends pulumi.ComponentResource {
  /** Certificate that clients trust, PEM. */
  readonly certificate: pulumi.Output<string>;
  private readonly key: tls.PrivateKey;

  constructor(name: string, args: PrivateAuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:PrivateAuthority", name, { commonName: args.commonName }, opts);
    this.key = this.makeKey(name);
    this.certificate = new tls.SelfSignedCert(
      `${name}-certificate`,
      {
        privateKeyPem: this.key.privateKeyPem,
        subject: { commonName: args.commonName },
        isCaCertificate: true,
        maxPathLength: 0,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: authorityDays * hoursPerDay,
      },
      { parent: this },
    ).certPem;
    this.registerOutputs({ certificate: this.certificate });
  }

  /** Makes a key and a certificate for TLS servers. Changed names make a new certificate for the same key. */
  issue(name: string, { dnsNames, ipAddresses }: ServerCertificateArgs): ServerCertificate {
    const key = this.makeKey(name);
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
        allowedUses: ["digital_signature", "server_auth"],
        validityPeriodHours: leafDays * hoursPerDay,
      },
      { parent: this },
    );
    return { privateKey: key.privateKeyPem, certificate: signed.certPem };
  }

  /** P-256, since the provider's default curve is one that browsers and balancers refuse. */
  private makeKey(name: string): tls.PrivateKey {
    return new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
  }
}
