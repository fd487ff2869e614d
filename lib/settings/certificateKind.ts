import type { Settings } from "./schema";

export type CertificateKind = NonNullable<Settings["site"]["certificate"]>;

/** Where the certificate of the site comes from, where the settings leave it to the target too. */
export function certificateKind({ target, site }: Pick<Settings, "target" | "site">): CertificateKind {
  return site.certificate ?? (target === "aws" ? "acm" : "private");
}
