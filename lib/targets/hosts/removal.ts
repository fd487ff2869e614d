import { contract } from "../../base/contract";
import { appUser, incomingFolder } from "../../hosts/wellKnown";

/** A host that the stack did not make, as the stack's state holds it. */
export interface RemainingHost {
  name: string;
  address: string;
  port: number;
  user: string;
}

const { names, paths, files } = contract;
const incoming = `/home/*/${incomingFolder}`;
const archives = [
  `*${files.bundleEnding}`,
  `${files.applicationStart}*${files.applicationEnding}`,
  `${files.wheelsStart}*${files.wheelsEnding}`,
  `${files.combinedStart}*${files.combinedEnding}`,
];

/** Removes all of Portico from a host, whatever state it is in; root runs it there. The packages stay. */
export const removalCommands: readonly string[] = [
  "systemctl stop 'portico-*'",
  `find ${paths.units} ${paths.runtimeUnits} -name 'portico-*' -prune -exec rm -rf {} +`,
  `rm -rf ${[paths.configuration, paths.application, paths.runtime, paths.state, paths.logs, paths.nginxCache].join(" ")}`,
  `rm -rf ${paths.certbotState} ${paths.certbotState.replace("/private", "")}`,
  `rm -rf ${paths.programFolder} ${paths.command} ${archives.map((name) => `${incoming}/${name}`).join(" ")}`,
  "rm -f /etc/logrotate.d/portico /etc/sysctl.d/60-portico.conf /etc/ssh/sshd_config.d/10-portico*.conf",
  "rm -f /etc/systemd/*.conf.d/10-portico.conf /etc/security/limits.d/10-portico.conf",
  "rm -f /etc/apt/apt.conf.d/60portico-updates /etc/needrestart/conf.d/portico.conf",
  `systemctl unmask ${names.distributionNginx}`,
  "systemctl daemon-reload",
  `systemctl try-reload-or-restart ${names.sshUnit}`,
  `userdel ${appUser}`,
];

/** What stays after a stack of given hosts was destroyed, and how to remove it. */
export function describeRemainingHosts(hosts: readonly RemainingHost[]): string {
  if (hosts.length === 0) return "no host was configured yet; nothing of Portico stays\n";
  const width = Math.max(...hosts.map(({ name }) => name.length));
  return [
    "these hosts were there before the stack and stay. They run and serve as before; nobody deploys to them any more:",
    ...hosts.map(
      ({ name, address, port, user }) =>
        `  ${name.padEnd(width)}  ${user}@${address}${port === 22 ? "" : ` port ${port}`}`,
    ),
    "to remove Portico from one of them, run there as root:",
    ...removalCommands.map((command) => `  ${command}`),
    `data of the application (app.data) stays in ${paths.data}; rm -rf it when nobody needs it`,
    "",
  ].join("\n");
}
