import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { localAddresses } from "../../../lib/base/addresses";
import { readNetworkState } from "../../../lib/targets/local/machineState";

export interface LocalNetworkArgs {
  /** Name of the bridge on this computer, 15 letters at most. Another name moves the machines to another bridge. */
  bridge: string;
  /** Private IPv4 range, /24 to /28; the bridge gets its first address. A change renumbers the machines, which restarts them. */
  addressRange: string;
  /** State folder of the stack, absolute. It marks the bridge as this stack's; a bridge of another owner is refused. */
  owner: string;
}

/**
 * The network of the local machines: a bridge that they share with this computer, and nothing else of it. No
 * packet is forwarded to other networks. A bridge that is gone, as after a restart, shows up in the plan.
 *
 * @example
 * new LocalNetwork("local-network", { bridge: "portico-dev", addressRange: "10.31.64.0/24", owner: "/srv/portico/dev" });
 */
export class LocalNetwork extends pulumi.ComponentResource {
  readonly bridge: string;
  /** This computer's address on the bridge. */
  readonly gateway: string;
  readonly prefixLength: number;

  constructor(name: string, { bridge, addressRange, owner }: LocalNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:LocalNetwork", name, { bridge, addressRange }, opts);
    const { gateway, prefixLength } = localAddresses(addressRange, 0);
    this.bridge = bridge;
    this.gateway = gateway;
    this.prefixLength = prefixLength;
    const incarnation = readNetworkState(owner, bridge);
    new local.Command(
      `${name}-bridge`,
      {
        create: "bin/machine network-up",
        delete: "bin/machine network-remove",
        stdin: pulumi.secret(JSON.stringify({ bridge, addressRange, owner, incarnation })),
        dir: ".",
        addPreviousOutputInEnv: false,
        logging: local.Logging.Stderr,
      },
      {
        parent: this,
        additionalSecretOutputs: ["stdout", "stderr"],
        customTimeouts: { create: "2m", update: "2m", delete: "2m" },
      },
    );
    this.registerOutputs({ gateway });
  }
}
