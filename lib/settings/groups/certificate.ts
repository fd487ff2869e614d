import { z } from "zod";
import { filePath, text, wholeNumber } from "./fields";

const givenAllowed = "null, or a group with leafFile and chainFile";

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
      "Public certificate that you bring, its key as the secret certificateKey. null: the private authority on targets local and hosts, ACM on aws.",
    allowed: givenAllowed,
  });

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
