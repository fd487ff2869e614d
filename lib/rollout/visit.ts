import { isIP } from "node:net";
import { certificateKind, type CertificateKind, type Settings } from "../settings";

/** Where the site is requested from outside, as a visitor does. */
export interface Door {
  /** First name of the site, which the application serves and its certificate is for. */
  name: string;
  /** Where that name leads; undefined where only DNS has it. */
  address: string | undefined;
  /** Where its certificate comes from, and so who believes it. */
  certificate: CertificateKind;
}

/** What came back for one path: a status, or a complaint without an answer; both where its certificate could not be verified here. */
export interface Visit {
  path: string;
  status: number | undefined;
  complaint: string;
  seconds: number;
}

export interface Verdict {
  /** Not what visitors should get: the update has failed, whatever the hosts say. */
  faults: string[];
  /** What may be right, and what could not be seen from here. */
  warnings: string[];
}

/** The outermost door of a stack, by its settings and the hosts in its outputs. */
export function doorOf(settings: Settings, hosts: readonly { role: string; address: string }[]): Door {
  const { target, site } = settings;
  const address =
    target === "aws" ? undefined : hosts.find(({ role }) => role.split(", ").includes("balancer"))?.address;
  return {
    name: site.domains[0] ?? address ?? "",
    address,
    certificate: certificateKind(settings),
  };
}

/** What a visitor requests: what has to be ready, then the home page. */
export function visitPaths({ app }: Settings): string[] {
  return [...new Set([app.readyPath, ...(app.homePath === null ? [] : [app.homePath])])];
}

/** Checks the answers. Without an answer there is no verdict, unless the machines stand on this computer. */
export function checkVisits(visits: readonly Visit[], settings: Settings): Verdict {
  const verdict: Verdict = { faults: [], warnings: [] };
  for (const each of visits) {
    const { path, status, complaint } = each;
    if (status === undefined)
      (settings.target === "local" ? verdict.faults : verdict.warnings).push(
        `GET ${path}: no answer to this computer (${complaint})`,
      );
    else checkAnswer({ ...each, status }, path === settings.app.readyPath, verdict);
  }
  return verdict;
}

function checkAnswer(
  { path, status, complaint }: Visit & { status: number },
  isReadyPath: boolean,
  { faults, warnings }: Verdict,
): void {
  const good = isReadyPath ? status === 200 || status === 429 : status < 500;
  if (!good) faults.push(`GET ${path}: got ${status}; allowed: ${isReadyPath ? "200" : "anything below 500"}`);
  else if (status === 400)
    warnings.push(`GET ${path}: got 400; an application that refuses its own name answers so (Django: ALLOWED_HOSTS)`);
  if (complaint !== "")
    warnings.push(
      `GET ${path}: the certificate could not be verified here (${complaint}); it has to be of an authority that visitors trust, with its intermediates in site.givenCertificate.chainFile`,
    );
}

/** Words of a command that requests the site; `resolved` says whether DNS resolves the name to the door. */
export function curlWords(
  { name, address, certificate }: Door,
  path: string,
  { authority, resolved }: { authority: string; resolved: boolean },
): string {
  const trusts: Partial<Record<CertificateKind, string>> = {
    private: `--cacert ${authority} `,
    "self-signed": "--insecure ",
  };
  const trust = trusts[certificate] ?? "";
  const way = resolved || address === undefined || isIP(name) !== 0 ? "" : `--resolve ${name}:443:${address} `;
  return `curl ${trust}${way}https://${name}${path}`;
}
