import type { HostFile } from "./hostFile";
import { fromTemplate } from "./templates";
import type { Settings } from "../settings";
import { updateFiles } from "./updates";

const sshFolder = "common/etc/ssh/sshd_config.d";
const units = "common/etc/systemd/system";

/** Settings of the kernel, the journal and SSH of every host, updates of its packages, and the clocks: of what nobody confirmed, and of the size of logs. */
export function systemFiles(settings: Settings): HostFile[] {
  return [
    fromTemplate("common/etc/sysctl.d/60-portico.conf", { effect: "sysctl" }),
    fromTemplate("common/etc/systemd/journald.conf.d/10-portico.conf", { effect: "journal" }),
    ...["security/limits.d", "systemd/coredump.conf.d"].map((folder) =>
      fromTemplate(`common/etc/${folder}/10-portico.conf`, { effect: "none" }),
    ),
    fromTemplate(`${sshFolder}/10-portico.conf`, { effect: "sshd" }),
    ...algorithmFiles(settings).map((file) => fromTemplate(`${sshFolder}/${file}`, { effect: "sshd" })),
    ...updateFiles(settings),
    ...[
      "portico-lease.service",
      "portico-lease.timer",
      "portico-logrotate.timer",
      "portico-nginx.service.d/60-core.conf",
    ].map((unit) => fromTemplate(`${units}/${unit}`, { effect: "systemd" })),
  ];
}

/** A host that is pinned by a key on a curve of NIST shows it still: another one would be refused. */
function algorithmFiles({ ssh, hosts }: Settings): string[] {
  if (ssh.algorithms === "system") return [];
  const pinned = hosts?.machines.some(({ hostKey }) => hostKey.startsWith("ecdsa-")) ?? false;
  return ["10-portico-algorithms.conf", ...(pinned ? [] : ["10-portico-host-keys.conf"])];
}
