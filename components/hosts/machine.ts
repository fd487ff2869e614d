import * as pulumi from "@pulumi/pulumi";

/** A machine that answers SSH: all that the path from `RemoteHost` onward depends on of where it came from. */
export interface Machine {
  /** Short name, free of the environment: `web-1`, `balancer`. */
  name: string;
  /** Address by which the balancer and the other machines reach it. */
  address: string | pulumi.Output<string>;
  /** How the deployer reaches its sshd. */
  access: MachineAccess;
  /** Public host key in authorized_keys form. A host with another key is refused. */
  hostKey: pulumi.Input<string>;
  /** How the machine proves itself at the first contact, where it gets its host key only then. */
  firstContact?: FirstContact;
  /** Changes when the machine is another one or has lost its running state; the host is then configured again. */
  identity: pulumi.Input<string>;
  /** The resource that is the machine: what is on the host goes with it. */
  resource: pulumi.Resource;
}

export interface MachineAccess extends Login {
  /** Host through which the connection goes. */
  jump?: JumpHost;
}

interface Login {
  /** Address to connect to, as the deployer sees it. */
  host: pulumi.Input<string>;
  /** Port of sshd. */
  port: number;
  /** Login user; on a machine of ours with sudo and without a password. */
  user: string;
  /** Private key of the login user, OpenSSH form, secret. */
  loginKey: pulumi.Output<string>;
}

export interface JumpHost extends Login {
  /** Its public host key in authorized_keys form. */
  hostKey: string;
}

/**
 * The exchange of host keys on a machine whose boot data others can read: it boots with a key that is good for this
 * one contact, and gets its own by SSH.
 */
export interface FirstContact {
  /** Public form of the key that it boots with; of another kind than the host key, so that both can be offered. */
  bootHostKey: pulumi.Input<string>;
  /** Private host key that it gets, OpenSSH form, secret. */
  hostPrivateKey: pulumi.Output<string>;
}
