import { contract } from "../base/contract";
import { readTrustFile } from "../certificates/trustFile";
import type { HostFile } from "./hostFile";
import { fromTemplate } from "./templates";
import { certificateKind, type Settings } from "../settings";

const { certbotUnit, certifyUnit } = contract.names;
const folder = "edge/etc/portico/acme";
const trust = "/etc/portico/acme/trust.pem";
const challengePort = contract.ports.challenge;

/** Units of it that start at boot. */
export const acmeUnits = [certifyUnit];

/** What has a line in the site's server for plain HTTP; empty where nothing is proven there. */
export function challengeLine(settings: Settings): string {
  return certificateKind(settings) === "acme" ? "include edge/challenge.conf;" : "";
}

/** What orders, checks and renews the certificate of the site on the balancer; nothing where it comes from elsewhere. */
export function acmeFiles(settings: Settings): HostFile[] {
  if (certificateKind(settings) !== "acme") return [];
  const { directory, email } = settings.site.acme;
  const roots = readTrustFile(settings);
  const values = {
    directory,
    challengePort,
    email: email === null ? "register-unsafely-without-email = True" : `email = ${email}`,
  };
  return [
    fromTemplate(`edge${contract.paths.certificateOrder}`, {
      effect: "none",
      values: { directory: JSON.stringify(directory), names: JSON.stringify(settings.site.domains) },
    }),
    fromTemplate(`${folder}/certbot.ini`, { effect: "none", values }),
    ...(roots === undefined ? [] : [trustFile(roots)]),
    fromTemplate("edge/etc/portico/nginx/edge/challenge.conf", { effect: "nginx", values: { challengePort } }),
    fromTemplate(`edge${contract.paths.units}/${certbotUnit}`, {
      effect: "systemd",
      values: { trust: roots === undefined ? "" : `Environment=REQUESTS_CA_BUNDLE=${trust}` },
    }),
    ...[certifyUnit, certifyUnit.replace(".timer", ".service")].map((unit) =>
      fromTemplate(`edge${contract.paths.units}/${unit}`, { effect: "systemd" }),
    ),
  ];
}

function trustFile(content: string): HostFile {
  return { path: trust, content, mode: "0644", owner: "root", group: "root", effect: "none" };
}
