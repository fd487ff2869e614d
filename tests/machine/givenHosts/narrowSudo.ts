import type { HostsStack } from "../../support/hostsStack";
import { sudoLines } from "../../support/sudoLines";

/** From here on the login user of a host has only the rights that docs/hosts.md asks for. */
export function narrowSudo({ machines }: HostsStack, host: string): void {
  machines.onMachine(host, "umask 0227; rm -f /etc/sudoers.d/*; cat >/etc/sudoers.d/90-portico", sudoLines("admin"));
  const refused = "runuser -u admin -- sudo -n true && ! runuser -u admin -- sudo -n id 2>/dev/null";
  machines.onMachine(host, `visudo --check && ${refused}`);
}
