import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { freshToken, isSilent, readMachineState } from "../../../lib/targets/local/machineState";
import type { LocalNetwork } from "./network";

/** The login user of every local machine, as on Debian's cloud images. */
const loginUser = "admin";

export interface LocalMachineArgs {
  /** The network it is plugged into. */
  network: LocalNetwork;
  /** The machine's own folder: disk, console log, record. Relative to the program. Removed with the machine. */
  directory: string;
  /** Its address in the network's range. A change restarts it. */
  address: string;
  /** Debian release. A change makes the machine anew: its disk is lost, and everything on it is deployed again. */
  suite: "trixie" | "bookworm";
  /** Processors that it may use, at most those of this computer. A change is made as it runs. */
  cpus: number;
  /** Memory limit in MiB of all its processes together. A change is made as it runs. */
  memoryMegabytes: number;
  /** Public key that may log in as `admin`. A change is made as it runs. */
  authorizedKey: pulumi.Input<string>;
  /** The key by which the machine proves itself to SSH clients. A change is made as it runs. */
  hostKey: {
    /** OpenSSH form; goes to the machine on standard input only. */
    privateKeyOpenssh: pulumi.Input<string>;
    /** authorized_keys form. */
    publicKeyOpenssh: pulumi.Input<string>;
  };
  /** The kind of image that its disk is made from, where it is not the usual one. */
  image?: "database";
  /** Settings group that `cpus` and `memoryMegabytes` come from, for error messages; by default `portico:local.web`. */
  sizeSetting?: string;
}

/**
 * A Debian machine on this computer, run by systemd-nspawn: real systemd, real sshd, reached by SSH like any other
 * host. It outlives the command that made it. While it lives nothing changes; dead or gone, it shows up in
 * the plan under a new identity, and the next `up` boots it again from its disk.
 *
 * @example
 * new LocalMachine("web-1", { network, directory: ".portico/dev/machines/web-1", address: "10.31.64.11", suite: "trixie",
 *   cpus: 2, memoryMegabytes: 1536, authorizedKey: loginKey.publicKeyOpenssh, hostKey });
 */
export class LocalMachine extends pulumi.ComponentResource {
  readonly name: string;
  readonly address: string;
  /** Login user with sudo and without a password. */
  readonly user: string;
  /** Known at plan time; another one after the machine was dead, gone or made anew. */
  readonly identity: string;

  constructor(name: string, args: LocalMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { network, directory, address, suite, cpus, memoryMegabytes } = args;
    super("portico:components:LocalMachine", name, { address, suite, cpus, memoryMegabytes }, opts);
    this.name = name;
    this.address = address;
    this.user = loginUser;
    this.identity = isSilent(name) ? freshToken() : readMachineState(directory, suite);
    new local.Command(
      `${name}-machine`,
      {
        create: "bin/machine up",
        delete: "bin/machine remove",
        stdin: describe(this, args),
        dir: ".",
        addPreviousOutputInEnv: false,
        logging: local.Logging.Stderr,
      },
      {
        parent: this,
        dependsOn: [network],
        additionalSecretOutputs: ["stdout", "stderr"],
        // The first machine makes the image, which downloads Debian's packages.
        customTimeouts: { create: "20m", update: "20m", delete: "5m" },
      },
    );
    this.registerOutputs({ address });
  }
}

/** What `bin/machine` reads on standard input; secret, since it holds the private host key. */
function describe({ name, address, user, identity }: LocalMachine, args: LocalMachineArgs): pulumi.Output<string> {
  const {
    network,
    directory,
    suite,
    cpus,
    memoryMegabytes,
    authorizedKey,
    hostKey,
    image,
    sizeSetting = "portico:local.web",
  } = args;
  const { bridge, gateway, prefixLength } = network;
  return pulumi.secret(
    pulumi.jsonStringify({
      ...{ name, directory, suite, address, prefixLength, gateway, bridge, cpus, memoryMegabytes, user, sizeSetting },
      authorizedKey,
      hostPrivateKey: hostKey.privateKeyOpenssh,
      hostPublicKey: hostKey.publicKeyOpenssh,
      incarnation: identity,
      ...(image && { image }),
    }),
  );
}
