import * as pulumi from "@pulumi/pulumi";

/** A machine that answers SSH: all that the path from `RemoteHost` onward knows of where it came from. */
export interface Machine {
  /** Short name, free of the environment: `web-1`, `balancer`. */
  name: string;
  /** Address by which the deployer and the other machines reach it. */
  address: string | pulumi.Output<string>;
  /** Port of sshd. */
  sshPort: number;
  /** Login user with sudo and without a password. */
  user: string;
  /** Private key of the login user, OpenSSH form, secret. */
  loginKey: pulumi.Output<string>;
  /** Public host key in authorized_keys form. A host with another key is refused. */
  hostKey: pulumi.Output<string>;
  /** Changes when the machine is another one or has lost its running state; the host is then configured again. */
  identity: pulumi.Input<string>;
  /** The resource that is the machine: what is on the host goes with it. */
  resource: pulumi.Resource;
}
