import { contract } from "../base/contract";
import type { Telemetry } from "../targets/aws/monitoring/telemetry";
import type { HostFile } from "./hostFile";
import { fromTemplate } from "./templates";

/** Debian packages of what sends measures and logs; `openssl` reads the certificate. */
export const telemetryPackages = ["openssl", "python3-boto3"] as const;

export const telemetryTimer = "portico-observe.timer";

/** What sends measures and logs of a host to CloudWatch; nothing where nobody collects them. */
export function telemetryFiles(telemetry: Telemetry | undefined): HostFile[] {
  if (telemetry === undefined) return [];
  const { region, namespace, logGroup, stack } = telemetry;
  return [
    fromTemplate(`web${contract.paths.telemetry}`, { effect: "none", values: { region, namespace, logGroup, stack } }),
    fromTemplate("web/etc/tmpfiles.d/portico-observe.conf", { effect: "tmpfiles" }),
    ...["portico-observe.service", telemetryTimer].map((unit) =>
      fromTemplate(`web/etc/systemd/system/${unit}`, { effect: "systemd" }),
    ),
  ];
}
