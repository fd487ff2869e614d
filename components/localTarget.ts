import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { localAddresses } from "../lib/addresses";
import { platforms } from "../lib/platforms";
import type { Settings } from "../lib/settings";
import { bridgeName, type StackFolders } from "../lib/stateFolder";
import { LocalMachine } from "./localMachine";
import { LocalNetwork } from "./localNetwork";
import type { Machine } from "./machine";

export interface LocalTargetArgs {
  settings: Settings["local"];
  folders: StackFolders;
}

interface MachinePlan {
  name: string;
  address: string;
  cpus: number;
  memoryMegabytes: number;
  sizeSetting?: string;
}

/**
 * The machines of target `local`: application machines and a balancer, booted side by side on this
 * computer, each with a host key of the stack's making.
 *
 * @example
 * const { web, balancer } = new LocalTarget("local", { settings: settings.local, folders });
 */
export class LocalTarget extends pulumi.ComponentResource {
  readonly web: readonly Machine[];
  readonly balancer: Machine;

  constructor(name: string, { settings, folders }: LocalTargetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:LocalTarget", name, { addressRange: settings.addressRange, platform: settings.platform }, opts);
    const network = new LocalNetwork(
      `${name}-network`,
      { bridge: bridgeName(folders.root), addressRange: settings.addressRange, owner: path.resolve(folders.root) },
      { parent: this },
    );
    const loginKey = makeSshKey(`${name}-login`, this);
    const boot = (plan: MachinePlan) => this.bootMachine(plan, { settings, folders }, network, loginKey);
    const addresses = localAddresses(settings.addressRange, settings.webMachines);
    this.web = addresses.web.map((host) => boot({ ...host, ...settings.web }));
    this.balancer = boot({ name: "balancer", address: addresses.balancer, sizeSetting: "portico:local.balancer", ...settings.balancer });
    this.registerOutputs({});
  }

  private bootMachine(plan: MachinePlan, { settings, folders }: LocalTargetArgs, network: LocalNetwork, loginKey: tls.PrivateKey): Machine {
    const hostKey = makeSshKey(`${plan.name}-host`, this);
    const machine = new LocalMachine(
      plan.name,
      {
        ...plan,
        network,
        directory: path.join(folders.machines, plan.name),
        suite: platforms[settings.platform].suite,
        authorizedKey: loginKey.publicKeyOpenssh,
        hostKey,
      },
      { parent: this },
    );
    return {
      name: plan.name,
      address: plan.address,
      sshPort: 22,
      user: machine.user,
      loginKey: loginKey.privateKeyOpenssh,
      hostKey: hostKey.publicKeyOpenssh,
      identity: machine.identity,
      resource: machine,
    };
  }
}

function makeSshKey(name: string, parent: pulumi.Resource): tls.PrivateKey {
  return new tls.PrivateKey(`${name}-key`, { algorithm: "ED25519" }, { parent });
}
