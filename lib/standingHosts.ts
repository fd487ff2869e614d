/** A host that the stack did not make, as the stack's state knows it. */
export interface StandingHost {
  name: string;
  address: string;
  port: number;
  user: string;
}

/** Removes all of Portico from a host, whatever state it is in; root runs it there. The packages stay. */
export const removalCommands: readonly string[] = [
  "systemctl stop 'portico-*'",
  "find /etc/systemd/system /run/systemd/system.control -name 'portico-*' -prune -exec rm -rf {} +",
  "rm -rf /etc/portico /opt/portico /run/portico /var/lib/portico /var/log/portico /var/cache/portico-nginx",
  "rm -rf /usr/local/lib/portico /usr/local/sbin/portico-host /home/*/portico/*.pyz /home/*/portico/release-*.tar.gz",
  "rm -f /etc/logrotate.d/portico /etc/sysctl.d/60-portico.conf /etc/ssh/sshd_config.d/10-portico.conf",
  "systemctl unmask nginx.service",
  "systemctl daemon-reload",
  "systemctl try-reload-or-restart ssh.service",
  "userdel portico",
];

/** What stays after a stack of given hosts was destroyed, and how to remove it. */
export function describeStandingHosts(hosts: readonly StandingHost[]): string {
  if (hosts.length === 0) return "no host was configured yet; nothing of Portico stays\n";
  const width = Math.max(...hosts.map(({ name }) => name.length));
  return [
    "these hosts were there before the stack and stay. They run and serve as before; nobody deploys to them any more:",
    ...hosts.map(({ name, address, port, user }) => `  ${name.padEnd(width)}  ${user}@${address}${port === 22 ? "" : ` port ${port}`}`),
    "to remove Portico from one of them, run there as root:",
    ...removalCommands.map((command) => `  ${command}`),
    "",
  ].join("\n");
}
