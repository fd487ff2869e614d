import { localAddresses } from "../../../lib/base/addresses";
import { planMachines } from "../../../lib/targets/aws/machinePlans";
import { sshAddressOf } from "../../../lib/targets/hosts/site";
import { parseSettings, type Settings } from "../../../lib/settings";
import type { SshConnection } from "../../../lib/base/ssh";
import { givenSettings } from "../state/stackFile";

/** A host that the settings name, with how it is reached where they say it. */
export interface DeclaredHost {
  name: string;
  connection?: Pick<SshConnection, "host" | "port" | "user" | "hostKey">;
}

export interface Declared {
  app: Settings["app"];
  target: Settings["target"];
  hosts: DeclaredHost[];
}

/** What the settings of a stack say of its hosts; undefined where they are wrong, which the program says better. */
export function readDeclared(stack: string): Declared | undefined {
  try {
    const settings = parseSettings(givenSettings(stack));
    return { app: settings.app, target: settings.target, hosts: hostsOf(settings) };
  } catch {
    return undefined;
  }
}

function hostsOf({ target, local, hosts, aws }: Settings): DeclaredHost[] {
  switch (target) {
    case "local":
      return [
        ...localAddresses(local.addressRange, local.webMachines).web.map(({ name }) => ({ name })),
        { name: "balancer" },
      ];
    case "hosts":
      return hosts!.machines.map((host) => ({
        name: host.name,
        connection: { host: sshAddressOf(host), port: host.sshPort, user: host.user, hostKey: host.hostKey },
      }));
    case "aws":
      return planMachines(aws!.machines).map(({ name }) => ({ name }));
  }
}
