import type { X509Certificate } from "node:crypto";
import { readCertificates } from "./certificateFile";
import { certificateKind, SettingsError, type Fault, type Settings } from "../settings";

/** A certificate that the user brings, each part in PEM as every reader takes it. */
export interface CertificateFiles {
  /** The certificate itself, alone. */
  leaf: string;
  /** Its intermediates, each certifying the one before; undefined when there are none. */
  chain: string | undefined;
}

type Given = NonNullable<Settings["site"]["givenCertificate"]>;
type Key = `site.givenCertificate.${keyof Given}`;

const leafKey: Key = "site.givenCertificate.leafFile";
const chainKey: Key = "site.givenCertificate.chainFile";

/**
 * Reads the files of `site.givenCertificate`; undefined where another is in use. Throws a SettingsError that lists every fault:
 * a certificate that a balancer would refuse, or browsers, is refused before anything is changed.
 */
export function readGivenCertificate(
  settings: Pick<Settings, "site" | "target">,
  now = new Date(),
): CertificateFiles | undefined {
  const { site, target } = settings;
  if (certificateKind(settings) !== "given") return undefined;
  const { leafFile, chainFile } = site.givenCertificate!;
  const leaves = readCertificates(leafKey, leafFile);
  const chain = chainFile === null ? [] : readCertificates(chainKey, chainFile);
  const leaf = leaves[0]!;
  const faults = [
    ...(leaves.length > 1
      ? [
          fault(
            leafKey,
            `${leaves.length} certificates`,
            "one certificate alone",
            "move the others to site.givenCertificate.chainFile",
          ),
        ]
      : []),
    ...leafFaults(leaf, site.domains, now),
    ...(target === "aws" ? keyFaults(leaf) : []),
    ...chainFaults(leaf, chain, now),
  ];
  if (faults.length > 0) throw new SettingsError(faults);
  return { leaf: leaf.toString(), chain: chain.length > 0 ? chain.map(String).join("") : undefined };
}

/** The certificate and its chain as servers send them. */
export function withChain({ leaf, chain = "" }: CertificateFiles): string {
  return `${leaf}${chain}`;
}

function leafFaults(leaf: X509Certificate, domains: readonly string[], now: Date): Fault[] {
  // Browsers look at alternative names only.
  const missing = domains.filter((domain) => leaf.checkHost(domain, { subject: "never" }) === undefined);
  return [
    ...(leaf.ca
      ? [
          fault(
            leafKey,
            `an authority (${nameOf(leaf)})`,
            "the certificate of a server",
            "name the file of the certificate itself; authorities belong to site.givenCertificate.chainFile",
          ),
        ]
      : []),
    ...(missing.length > 0
      ? [
          fault(
            leafKey,
            leaf.subjectAltName ?? "no alternative names",
            `a certificate for all of site.domains; ${missing.join(", ")} missing`,
            "have it issued for these names, or change site.domains",
          ),
        ]
      : []),
    ...dateFaults(leafKey, leaf, now),
  ];
}

function dateFaults(key: Key, certificate: X509Certificate, now: Date): Fault[] {
  const { validFrom, validTo } = certificate;
  if (now < new Date(validFrom))
    return [
      fault(
        key,
        `${nameOf(certificate)}, valid from ${validFrom}`,
        "a certificate that is valid now",
        "wait until then, or look at this computer's clock",
      ),
    ];
  if (now > new Date(validTo))
    return [fault(key, `${nameOf(certificate)}, valid to ${validTo}`, "a certificate that is valid now", "renew it")];
  return [];
}

/** Keys that an Application Load Balancer takes. */
const balancedKeys = ["rsa 2048", "rsa 3072", "rsa 4096", "ec prime256v1", "ec secp384r1"];

function keyFaults({ publicKey: { asymmetricKeyType, asymmetricKeyDetails } }: X509Certificate): Fault[] {
  const kind = [asymmetricKeyType, asymmetricKeyDetails?.namedCurve ?? asymmetricKeyDetails?.modulusLength]
    .filter(Boolean)
    .join(" ");
  if (balancedKeys.includes(kind)) return [];
  return [
    fault(
      leafKey,
      `a key of the kind ${kind}`,
      "on target aws RSA with 2048, 3072 or 4096 bits, or ECDSA on P-256 or P-384",
      "have it issued for another key",
    ),
  ];
}

function chainFaults(leaf: X509Certificate, chain: readonly X509Certificate[], now: Date): Fault[] {
  const leafAt = chain.findIndex(({ fingerprint256 }) => fingerprint256 === leaf.fingerprint256);
  if (leafAt >= 0)
    return [
      fault(
        chainKey,
        `the certificate itself in place ${leafAt + 1}`,
        "intermediates alone",
        "take it out; it has its own file",
      ),
    ];
  const broken = chain.findIndex((authority, index) => !certifies(authority, [leaf, ...chain][index]!));
  if (broken >= 0) {
    const before = broken === 0 ? "the certificate itself" : `number ${broken} in the file`;
    return [
      fault(
        chainKey,
        `${nameOf(chain[broken]!)} in place ${broken + 1}`,
        `each certifies the one before; this one does not certify ${before}`,
        "bring them in order: issuer of the certificate first, the root last or left out",
      ),
    ];
  }
  return chain.flatMap((authority) => dateFaults(chainKey, authority, now));
}

function certifies(authority: X509Certificate, below: X509Certificate): boolean {
  return authority.ca && below.checkIssued(authority) && below.verify(authority.publicKey);
}

/** The subject on one line. */
function nameOf({ subject }: X509Certificate): string {
  return (subject ?? "no subject").replaceAll("\n", ", ");
}

function fault(key: Key, value: string, allowed: string, remedy: string): Fault {
  return { key, value, allowed, remedy };
}
