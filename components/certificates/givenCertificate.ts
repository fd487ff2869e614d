import { createPrivateKey, X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { readGivenCertificate, type CertificateFiles } from "../../lib/certificates/givenCertificate";
import { SettingsError, type Settings } from "../../lib/settings";
import { type Credentials, valueOf } from "../stack/credentials";

/** A certificate that the user brings, with its key. */
export interface GivenCertificate extends CertificateFiles {
  /** Secret, PEM. */
  privateKey: pulumi.Output<string>;
}

/** The given certificate of the settings, checked with its key; undefined when there is none. Throws a SettingsError. */
export async function givenCertificate(
  settings: Settings,
  { certificateKey }: Credentials,
): Promise<GivenCertificate | undefined> {
  const files = readGivenCertificate(settings);
  if (files === undefined) return undefined;
  if (certificateKey === undefined) throw keyFault("nothing", "run: pulumi config set --secret certificateKey");
  const key = await valueOf(certificateKey);
  return { ...files, privateKey: pulumi.secret(matchingKey(key, files.leaf)) };
}

/** The key in one form, whatever it came in, if it is that of the certificate. */
export function matchingKey(key: string, leaf: string): string {
  const read = readKey(key);
  if (read === undefined)
    throw keyFault("a text that is no private key (not shown)", "set it to the unencrypted key in PEM");
  if (!new X509Certificate(leaf).checkPrivateKey(read))
    throw keyFault(
      "the key of another certificate (not shown)",
      "set the key that site.givenCertificate.leafFile was issued for",
    );
  return String(read.export({ type: "pkcs8", format: "pem" }));
}

function readKey(key: string) {
  try {
    return createPrivateKey(key);
  } catch {
    return undefined;
  }
}

function keyFault(value: string, remedy: string): SettingsError {
  return new SettingsError([
    { key: "certificateKey", value, allowed: "the private key of the given certificate", remedy },
  ]);
}
