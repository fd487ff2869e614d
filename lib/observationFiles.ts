import type { Observation } from "./aws/observation";
import type { HostFile } from "./hostFile";
import { fromTemplate } from "./hostTemplates";

/** Debian packages of what sends measures and logs; `openssl` reads the certificate. */
export const observationPackages = ["openssl", "python3-boto3"] as const;

export const observationTimer = "portico-observe.timer";

/** What sends measures and logs of a host to CloudWatch; nothing where nobody collects them. */
export function observationFiles(observation: Observation | undefined): HostFile[] {
  if (observation === undefined) return [];
  const { region, namespace, logGroup, stack } = observation;
  return [
    fromTemplate("web/etc/portico/observe.json", { effect: "none", values: { region, namespace, logGroup, stack } }),
    fromTemplate("web/etc/tmpfiles.d/portico-observe.conf", { effect: "tmpfiles" }),
    ...["portico-observe.service", observationTimer].map((unit) => fromTemplate(`web/etc/systemd/system/${unit}`, { effect: "systemd" })),
  ];
}
