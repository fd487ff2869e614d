import type { HostFile } from "./hostFile";
import { fromTemplate } from "./hostTemplates";

/** Kernel and SSH settings of every host. */
export function systemFiles(): HostFile[] {
  return [
    fromTemplate("common/etc/sysctl.d/60-portico.conf", { effect: "sysctl" }),
    fromTemplate("common/etc/ssh/sshd_config.d/10-portico.conf", { effect: "sshd" }),
  ];
}
