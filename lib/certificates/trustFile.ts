import type { Settings } from "../settings";
import { readCertificates } from "./certificateFile";

/** The authorities of `site.acme.trustFile`, PEM; undefined where the host's own are believed. Throws a SettingsError. */
export function readTrustFile({ site: { acme } }: Pick<Settings, "site">): string | undefined {
  if (acme.trustFile === null) return undefined;
  return readCertificates("site.acme.trustFile", acme.trustFile).map(String).join("");
}
