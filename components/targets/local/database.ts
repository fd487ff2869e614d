import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { configureDatabase, databaseUrl } from "../../../lib/targets/local/database";
import { GeneratedSecrets } from "../../certificates/generatedSecrets";
import type { Machine } from "../../hosts/machine";

export interface LocalDatabaseArgs {
  /** Where it listens: the machine's address. */
  address: string;
  /** A machine whose image has PostgreSQL. Another identity configures it again; what is in it stays with its disk. */
  machine: Machine;
  /** Addresses of the application machines. A change reloads PostgreSQL's rules. */
  clients: readonly string[];
  /** This computer's address in their network. */
  gateway: string;
}

/**
 * A PostgreSQL on a machine of this computer, with a user and a database of the application and a password that the stack makes
 * once and keeps. It is no host: nothing is released to it.
 *
 * @example
 * new LocalDatabase("database", { address: "10.31.64.9", machine, clients: ["10.31.64.11"], gateway: "10.31.64.1" }).url;
 */
export class LocalDatabase extends pulumi.ComponentResource {
  /** What the application connects with, known once the database takes connections. */
  readonly url: pulumi.Output<string>;

  constructor(
    name: string,
    { address, machine, clients, gateway }: LocalDatabaseArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("portico:components:LocalDatabase", name, { address }, opts);
    const { password } = new GeneratedSecrets(`${name}-account`, { names: ["password"] }, { parent: this }).values;
    const { host, port, user, loginKey } = machine.access;
    const configured = new remote.Command(
      `${name}-configuration`,
      {
        connection: pulumi.secret({
          host,
          port,
          user,
          privateKey: loginKey,
          hostKey: machine.hostKey,
          dialErrorLimit: 60,
        }),
        create: configureDatabase({ address, clients, gateway }),
        stdin: pulumi.interpolate`${password}\n`,
        triggers: [machine.identity],
        addPreviousOutputInEnv: false,
        logging: remote.Logging.Stderr,
      },
      {
        parent: this,
        dependsOn: [machine.resource],
        deletedWith: machine.resource,
        additionalSecretOutputs: ["stdout", "stderr"],
        customTimeouts: { create: "5m", update: "5m" },
      },
    );
    const known = pulumi.all([password!, configured.id]);
    this.url = pulumi.secret(known.apply(([secret]) => databaseUrl({ address }, secret)));
    this.registerOutputs({});
  }
}
