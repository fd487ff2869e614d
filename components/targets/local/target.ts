import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { localAddresses, type LocalAddresses } from "../../../lib/base/addresses";
import { machinesWithoutFirewall, planLocalSite } from "../../../lib/targets/local/site";
import { platforms } from "../../../lib/hosts/platforms";
import { contentsOf } from "../../../lib/hosts/contents";
import type { Settings } from "../../../lib/settings";
import { bridgeName, type StackFolders } from "../../../lib/stack/stateFolder";
import { NginxBalancer } from "../../hosts/nginxBalancer";
import { LocalDatabase } from "./database";
import { databaseSecret } from "../../../lib/settings/relations/database";
import { LocalMachine } from "./machine";
import { LocalNetwork } from "./network";
import type { Machine } from "../../hosts/machine";
import type { BalanceArgs, Target, TargetContext, TargetPlan } from "../target";

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
  image?: "database";
}

/** Its name is identity. */
const databaseMachine = "database";
const databaseSize = { cpus: 1, memoryMegabytes: 512 };

/**
 * The machines of target `local`: application machines and a balancer, booted side by side on this
 * computer, each with a host key of the stack's making.
 *
 * @example
 * const { web } = new LocalTarget("local", { settings: settings.local, folders });
 */
export class LocalTarget extends pulumi.ComponentResource implements Target {
  readonly web: readonly Machine[];
  readonly balancers: readonly Machine[];
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { settings, folders }: LocalTargetArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "portico:components:LocalTarget",
      name,
      { addressRange: settings.addressRange, platform: settings.platform },
      opts,
    );
    const network = new LocalNetwork(
      `${name}-network`,
      { bridge: bridgeName(folders.root), addressRange: settings.addressRange, owner: path.resolve(folders.root) },
      { parent: this },
    );
    const loginKey = makeSshKey(`${name}-login`, this);
    const boot = (plan: MachinePlan) => this.bootMachine(plan, { settings, folders }, network, loginKey);
    const addresses = localAddresses(settings.addressRange, settings.webMachines);
    this.web = addresses.web.map((host) => boot({ ...host, ...settings.web }));
    this.balancers = [
      boot({
        name: "balancer",
        address: addresses.balancer,
        sizeSetting: "portico:local.balancer",
        ...settings.balancer,
      }),
    ];
    this.secrets = settings.database === "none" ? {} : this.serveDatabase(addresses, boot);
    this.registerOutputs({});
  }

  /** The machine of the database, and what the application needs to know of it. */
  private serveDatabase({ database, gateway, web }: LocalAddresses, boot: (plan: MachinePlan) => Machine) {
    const machine = boot({ name: databaseMachine, address: database, image: "database", ...databaseSize });
    const args = { address: database, machine, clients: web.map(({ address }) => address), gateway };
    return {
      [databaseSecret]: new LocalDatabase(databaseMachine, args, { parent: this }).url,
    };
  }

  balance({ contents, ...rest }: BalanceArgs): NginxBalancer {
    const machine = this.balancers[0]!;
    const { files, bundle } = contentsOf(contents, machine.name);
    return new NginxBalancer("balancer", { machine, files, bundle, ...rest });
  }

  /** Nobody watches: the machines of this target send nothing. */
  monitor(): void {}

  private bootMachine(
    plan: MachinePlan,
    { settings, folders }: LocalTargetArgs,
    network: LocalNetwork,
    loginKey: tls.PrivateKey,
  ): Machine {
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
      access: { host: plan.address, port: 22, user: machine.user, loginKey: loginKey.privateKeyOpenssh },
      hostKey: hostKey.publicKeyOpenssh,
      identity: machine.identity,
      resource: machine,
    };
  }
}

/** Throws a SettingsError when the range is in use elsewhere. */
export function planLocalTarget({ settings, folders }: TargetContext): TargetPlan {
  const site = planLocalSite(settings, folders);
  if (settings.firewall.rules === "auto" && site.firewall === undefined)
    void pulumi.log.warn(
      `${machinesWithoutFirewall(settings, folders).join(", ")}: made before machines had nftables, so the hosts of this stack have no firewall; to have one, make the machines anew: npm run destroy, then npm start`,
    );
  return {
    site,
    declare: () => new LocalTarget("local", { settings: settings.local, folders }),
  };
}

function makeSshKey(name: string, parent: pulumi.Resource): tls.PrivateKey {
  return new tls.PrivateKey(`${name}-key`, { algorithm: "ED25519" }, { parent });
}
