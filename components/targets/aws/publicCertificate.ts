import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { certificateNames, validationNames, withoutWildcard } from "../../../lib/targets/aws/lookups/certificateNames";
import { awsSettingsOf, type Settings } from "../../../lib/settings";
import type { GivenCertificate } from "../../certificates/givenCertificate";

/** ACM looks every few minutes; a record that is not seen after this time is in a zone that resolvers do not query. */
const validationMinutes = 30;

export interface PublicCertificateArgs {
  /** Names of the site, and the zone that proves them. */
  settings: Settings;
  /** A certificate that is there already; without it ACM issues one. */
  given?: GivenCertificate;
}

/**
 * The certificate that browsers see, in ACM. Either ACM issues it for the names of the settings, proven by records in
 * their zone, and renews it by itself; changed names make a new one, and the old goes when nothing uses it any more.
 * Or it is a given one: new material takes its place under the same ARN.
 *
 * @example
 * new PublicCertificate("certificate", { settings }, { parent: this }).arn;
 */
export class PublicCertificate extends pulumi.ComponentResource {
  /** Known when the certificate is issued: what uses it waits. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { settings, given }: PublicCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:PublicCertificate", name, { domains: [...settings.site.domains] }, opts);
    this.arn = given === undefined ? this.request(name, settings) : this.import(name, given);
    this.registerOutputs({ arn: this.arn });
  }

  private import(name: string, { leaf, chain, privateKey }: GivenCertificate): pulumi.Output<string> {
    const tags = { Name: "Public certificate - given" };
    return new aws.acm.Certificate(
      `${name}-given`,
      { certificateBody: leaf, certificateChain: chain, privateKey, tags },
      { parent: this },
    ).arn;
  }

  private request(name: string, settings: Settings): pulumi.Output<string> {
    const names = certificateNames(settings);
    const [domainName, ...subjectAlternativeNames] = names;
    const { zoneId } = awsSettingsOf(settings).certificate!;
    const certificate = new aws.acm.Certificate(
      `${name}-issued`,
      {
        domainName,
        subjectAlternativeNames,
        validationMethod: "DNS",
        keyAlgorithm: "EC_prime256v1",
        tags: { Name: `Public certificate of ${domainName}` },
      },
      { parent: this },
    );
    const records = validationNames(names).map((proven) => this.prove(name, proven, certificate, zoneId));
    const limit = `${validationMinutes}m`;
    return new aws.acm.CertificateValidation(
      `${name}-validation`,
      { certificateArn: certificate.arn, validationRecordFqdns: records.map(({ fqdn }) => fqdn) },
      { parent: this, customTimeouts: { create: limit } },
    ).certificateArn;
  }

  /**
   * The record is the same for every certificate of this name and account. It is not taken over when another stack has
   * it: that one's certificate could not be renewed any more once this stack were gone.
   */
  private prove(name: string, proven: string, certificate: aws.acm.Certificate, zoneId: string): aws.route53.Record {
    const option = certificate.domainValidationOptions.apply((options) =>
      options.find(({ domainName }) => withoutWildcard(domainName) === proven)!,
    );
    return new aws.route53.Record(
      `${name}-proof-${proven}`,
      {
        zoneId,
        name: option.resourceRecordName,
        type: option.resourceRecordType,
        records: [option.resourceRecordValue],
        ttl: 300,
      },
      { parent: this },
    );
  }
}
