import { z } from "zod";
import { choice, filePath, text, wholeNumber } from "./fields";

const givenAllowed = "null, or a group with leafFile and chainFile";

/** Where the certificate of the site comes from. */
export const certificateKinds = ["private", "self-signed", "given", "acme", "acm"] as const;

export const siteCertificate = choice(
  certificateKinds,
  "Certificate of the site. private: of the stack's own authority; self-signed: of nobody, for a site behind a proxy that verifies none; given: site.givenCertificate; acme: issued to the balancer by the authority of site.acme, whose terms you accept with this word, and renewed there; acm: by AWS. Each takes the place of any other without a lost request. null: private on targets local and hosts, acm on aws, which takes given too.",
).nullable();

/** A public certificate that the user brings; its key is the secret certificateKey. */
export const givenCertificate = z
  .strictObject(
    {
      leafFile: text(
        filePath,
        "a PEM file with the certificate alone",
        "The certificate itself, relative to the program.",
      ),
      chainFile: text(
        filePath,
        "a PEM file with the intermediates, each certifying the one before",
        "Its chain, without leaf and root.",
      )
        .nullable()
        .default(null),
    },
    { error: givenAllowed },
  )
  .nullable()
  .meta({
    about:
      "Public certificate that you bring, its key as the secret certificateKey; in use where site.certificate is given.",
    allowed: givenAllowed,
  });

const httpsAddress = /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~\-/]*)?$/;
const mailAddress = /^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$/;

/** How certificates are ordered where site.certificate is acme. */
export const acmeSettings = z
  .strictObject({
    directory: text(
      httpsAddress,
      "an https address",
      "Directory of the authority (RFC 8555). Let's Encrypt's staging, https://acme-staging-v02.api.letsencrypt.org/directory, has wide limits and is believed by nobody: try there first. Another one orders a new certificate.",
    ).default("https://acme-v02.api.letsencrypt.org/directory"),
    trustFile: text(
      filePath,
      "null, or a PEM file with certificates",
      "Authorities that the directory itself is verified by, relative to the program: for a private one. null: those of the host's system.",
    )
      .nullable()
      .default(null),
    email: text(
      mailAddress,
      "null, or an e-mail address",
      "Where the authority may write to about the account; it counts when the account is made.",
    )
      .nullable()
      .default(null),
  })
  .meta({ about: "Certificates by ACME" });

export const authoritySettings = z
  .strictObject({
    generation: wholeNumber(
      "generation",
      1,
      100000,
      "The next number makes new keys and certificates for all hosts, in place and without a lost request; one step for each update.",
    ).default(1),
    leafDays: wholeNumber(
      "days",
      2,
      366,
      "Life of a certificate of a host or of the balancer; no more than Mozilla's guideline has. A change makes new certificates, in place and without a lost request.",
    ).default(366),
    renewDays: wholeNumber(
      "days",
      1,
      400,
      "A certificate with fewer days left is made anew by the next update.",
    ).default(45),
  })
  .meta({ about: "The stack's own certificate authority, for the hop from balancer to hosts" });
