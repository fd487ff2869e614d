import { certificateKind, type CertificateKind } from "../certificateKind";
import type { Fault } from "../faults";
import type { Settings } from "../schema";

const words: Record<Settings["target"], readonly CertificateKind[]> = {
  local: ["private", "self-signed", "given", "acme"],
  hosts: ["private", "self-signed", "given", "acme"],
  aws: ["acm", "given"],
};
const publicDirectory = /^https:\/\/[a-z0-9-]+\.api\.letsencrypt\.org\//;

/** Faults between the word for the certificate, the target, and what the word needs. */
export function certificateFaults(settings: Settings): Fault[] {
  const { site, target } = settings;
  const kind = certificateKind(settings);
  if (!words[target].includes(kind)) {
    const allowed = `on target ${target} ${words[target].join(", ")}`;
    return [{ key: "site.certificate", value: kind, allowed, remedy: "set one of them, or another target" }];
  }
  if (kind === "given" && site.givenCertificate === null)
    return [
      {
        key: "site.givenCertificate",
        value: null,
        allowed: "a group with leafFile and chainFile, as site.certificate is given",
        remedy: "name the files, or set another word",
      },
    ];
  if (site.certificate === null && site.givenCertificate !== null)
    return [
      {
        key: "site.certificate",
        value: null,
        allowed: "a word, as site.givenCertificate is set",
        remedy: "set given to use it",
      },
    ];
  return kind === "acme" ? acmeFaults(settings) : [];
}

function acmeFaults({ site: { domains, acme } }: Settings): Fault[] {
  const fault = (value: unknown, allowed: string, remedy: string) => ({ key: "site.domains", value, allowed, remedy });
  if (domains.length === 0)
    return [fault(domains, "at least one name, which the certificate is ordered for", "name the site")];
  if (!publicDirectory.test(acme.directory)) return [];
  return domains
    .filter((domain) => domain.endsWith(".internal"))
    .map((domain) =>
      fault(
        domain,
        "public names, which this authority issues for",
        "set the names of the site, or site.acme.directory to a private authority",
      ),
    );
}
