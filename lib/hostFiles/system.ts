import type { HostFile } from "./hostFile";
import { fromTemplate } from "./templates";

const units = "common/etc/systemd/system";

/** Kernel and SSH settings of every host, and the clocks: of what nobody confirmed, and of the size of logs. */
export function systemFiles(): HostFile[] {
  return [
    fromTemplate("common/etc/sysctl.d/60-portico.conf", { effect: "sysctl" }),
    fromTemplate("common/etc/ssh/sshd_config.d/10-portico.conf", { effect: "sshd" }),
    ...["portico-lease.service", "portico-lease.timer", "portico-logrotate.timer"].map((unit) =>
      fromTemplate(`${units}/${unit}`, { effect: "systemd" }),
    ),
  ];
}
