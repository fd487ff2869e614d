import { remote, types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { admitHost, forgetBootKey, waitUntilReady } from "../../lib/hosts/commands";
import { stepName, type HostStep } from "../../lib/stack/resourceNames";
import type { FirstContact, Machine, MachineAccess } from "./machine";

/** Failed dials that are forgiven: about five minutes of a port that refuses while the machine boots. */
const dialErrorLimit = 60;
const perDialTimeoutSeconds = 10;

export interface RemoteHostArgs {
  /** The machine behind this door. Another identity runs every command again and copies every file again. */
  machine: Machine;
}

export interface RemoteCopy {
  /** File on the deployer's machine. */
  source: string;
  /** Path on the host, relative to the login user's home. */
  remotePath: string;
}

export interface RemoteRun {
  /** Shell text without secrets; it is printed in errors. */
  command: string;
  /** Standard input; the way for secrets. A change runs the command again. */
  input?: pulumi.Input<string>;
  dependsOn: pulumi.Input<pulumi.Resource>[];
  /** Limit for the whole command, in minutes, connection included. */
  minutes: number;
  /** Where it belongs; this host when not given. */
  parent?: pulumi.Resource;
  /** Another way than the host's own. */
  connection?: pulumi.Output<types.input.remote.ConnectionArgs>;
}

/**
 * The single door to a host: it owns the connection, waits until the host can be configured, and gives
 * every copy and command the same safe options. The host key is pinned, outputs are secret, nothing runs at
 * deletion, so a host that has gone never blocks a teardown.
 *
 * @example
 * const host = new RemoteHost("web-1", { machine });
 * host.run("uptime", { command: "uptime", dependsOn: [], minutes: 1 });
 */
export class RemoteHost extends pulumi.ComponentResource {
  /** Succeeds once the host has booted and lets us in; all else depends on it. */
  readonly ready: remote.Command;
  readonly machine: Machine;
  private readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;

  constructor(name: string, { machine }: RemoteHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:RemoteHost", name, { machine: machine.name, user: machine.access.user }, opts);
    this.machine = machine;
    this.connection = connectTo(machine, machine.hostKey);
    this.ready = this.await(machine);
    this.registerOutputs({ address: machine.address });
  }

  /** Copies one file; a machine with another identity gets it again. */
  copy(step: HostStep, { source, remotePath }: RemoteCopy): remote.CopyToRemote {
    return new remote.CopyToRemote(
      stepName(this.machine.name, step),
      {
        connection: this.connection,
        source: new pulumi.asset.FileAsset(source),
        remotePath,
        triggers: [this.machine.identity],
      },
      { ...this.childOptions(10), dependsOn: [this.ready] },
    );
  }

  /** Runs one command; again when its text, its input or the machine's identity changes. */
  run(
    step: HostStep,
    { command, input, dependsOn, minutes, parent = this, connection = this.connection }: RemoteRun,
  ): remote.Command {
    return new remote.Command(
      stepName(this.machine.name, step),
      {
        connection,
        create: command,
        stdin: input,
        triggers: [this.machine.identity],
        addPreviousOutputInEnv: false,
        logging: remote.Logging.Stderr,
      },
      { ...this.childOptions(minutes), parent, dependsOn, additionalSecretOutputs: ["stdout", "stderr"] },
    );
  }

  private await({ firstContact, resource }: Machine): remote.Command {
    if (firstContact === undefined)
      return this.run("ready", { command: waitUntilReady(), dependsOn: [resource], minutes: 10 });
    const admitted = this.admit(firstContact);
    return this.run("ready", {
      command: [waitUntilReady(), forgetBootKey()].join("\n"),
      dependsOn: [resource, admitted],
      minutes: 10,
    });
  }

  /**
   * Gives the machine its host key over a connection that is pinned to the key it booted with. That key is gone afterwards:
   * another jump host must not make this run again, so the connection stays what it was when the machine was new.
   */
  private admit({ bootHostKey, hostPrivateKey }: FirstContact): remote.Command {
    const { name, identity, resource } = this.machine;
    const firstConnection = new pulumi.Stash(
      `${name}-first-contact`,
      { input: connectTo(this.machine, bootHostKey) },
      {
        parent: this,
        dependsOn: [resource],
        replacementTrigger: identity,
        additionalSecretOutputs: ["input", "output"],
      },
    );
    const connection = pulumi.secret(firstConnection.output as pulumi.Output<types.input.remote.ConnectionArgs>);
    return this.run("admit", {
      connection,
      command: admitHost(),
      input: hostPrivateKey,
      dependsOn: [resource],
      minutes: 10,
    });
  }

  private childOptions(minutes: number): pulumi.CustomResourceOptions {
    const limit = `${minutes}m`;
    return { parent: this, deletedWith: this.machine.resource, customTimeouts: { create: limit, update: limit } };
  }
}

/** One shape of the connection for all resources of a host, secret as a whole. */
function connectTo(
  { access: { jump, ...access } }: Machine,
  hostKey: pulumi.Input<string>,
): pulumi.Output<types.input.remote.ConnectionArgs> {
  const proxy = jump && { ...login(jump), hostKey: jump.hostKey };
  return pulumi.secret({ ...login(access), hostKey, ...(proxy && { proxy }) });
}

function login({ host, port, user, loginKey }: Omit<MachineAccess, "jump">) {
  return { host, port, user, privateKey: loginKey, dialErrorLimit, perDialTimeout: perDialTimeoutSeconds };
}
