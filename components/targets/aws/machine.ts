import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { MachinePlan } from "../../../lib/targets/aws/machinePlans";
import { userData, type MachineImage } from "../../../lib/targets/aws/userData";
import type { AwsSettings } from "../../../lib/settings";
import type { FirstContact } from "../../hosts/machine";

export interface VirtualMachineArgs extends MachineImage {
  plan: MachinePlan;
  /** A change replaces the machine. */
  subnetId: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
  profileName: pulumi.Input<string>;
  /** Login user. */
  user: string;
  /** Public key that may log in. A change replaces the machine. */
  loginPublicKey: pulumi.Input<string>;
  /** Region of the agent of Session Manager, null where nobody comes that way. A change replaces the machine. */
  agentRegion: string | null;
  /** Size of the disk, metrics. */
  settings: Pick<AwsSettings["machines"], "volumeGibibytes" | "detailedMonitoring">;
  /** Refuse a termination by hand. */
  protection: boolean;
  /** What its first boot needs: rules and ways of the network. */
  reachedBy: pulumi.Resource[];
}

/**
 * An EC2 instance with an encrypted disk, a private address, and instance metadata for its own processes alone. It is
 * never stopped to be changed: what cannot be changed while it runs makes another machine, which takes its place.
 *
 * @example
 * const { instance, hostKey, firstContact } = new VirtualMachine("web-1", { plan, subnetId, securityGroupId, profileName, ... }, { parent: this });
 */
export class VirtualMachine extends pulumi.ComponentResource {
  readonly instance: aws.ec2.Instance;
  readonly instanceId: pulumi.Output<string>;
  readonly privateAddress: pulumi.Output<string>;
  /** Public host key, authorized_keys form. */
  readonly hostKey: pulumi.Output<string>;
  /** The key that it boots with stands in its user data, which its processes can read; so it is good for one contact. */
  readonly firstContact: FirstContact;

  constructor(name: string, args: VirtualMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { imageId, instanceType } = args.plan;
    super("portico:components:VirtualMachine", name, { imageId, instanceType, platform: args.platform }, opts);
    const hostKey = new tls.PrivateKey(`${name}-host-key`, { algorithm: "ED25519" }, { parent: this });
    const bootKey = new tls.PrivateKey(
      `${name}-boot-key`,
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      { parent: this },
    );
    this.instance = this.launch(name, args, firstBoot(args, bootKey, hostKey));
    this.instanceId = this.instance.id;
    this.privateAddress = this.instance.privateIp;
    this.hostKey = hostKey.publicKeyOpenssh;
    this.firstContact = { bootHostKey: bootKey.publicKeyOpenssh, hostPrivateKey: hostKey.privateKeyOpenssh };
    this.registerOutputs({ instanceId: this.instanceId });
  }

  private launch(name: string, args: VirtualMachineArgs, data: pulumi.Output<string>): aws.ec2.Instance {
    return new aws.ec2.Instance(
      `${name}-instance`,
      {
        ami: args.plan.imageId,
        instanceType: args.plan.instanceType,
        subnetId: args.subnetId,
        associatePublicIpAddress: false,
        vpcSecurityGroupIds: [args.securityGroupId],
        iamInstanceProfile: args.profileName,
        userData: data,
        // In place it would stop the machine, and cloud-init would not look at it again. Default: false.
        userDataReplaceOnChange: true,
        // Tokens, and no answer beyond the machine itself. Defaults: those of account and image.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: "disabled",
        },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: args.settings.volumeGibibytes,
          encrypted: true,
          deleteOnTermination: true,
        },
        monitoring: args.settings.detailedMonitoring,
        // Against a slip in the console. The stack itself can make the machine anew, so it lifts that by itself.
        disableApiTermination: args.protection,
        forceDestroy: args.protection,
        tags: { Name: `Application machine ${name}`, "portico:machine": name },
      },
      {
        parent: this,
        dependsOn: args.reachedBy,
        // In place another size would stop the machine.
        replaceOnChanges: ["instanceType"],
        additionalSecretOutputs: ["userData"],
      },
    );
  }
}

function firstBoot(args: VirtualMachineArgs, bootKey: tls.PrivateKey, hostKey: tls.PrivateKey): pulumi.Output<string> {
  const { platform, architecture, user, agentRegion } = args;
  const keys = pulumi.all([
    args.loginPublicKey,
    bootKey.privateKeyOpenssh,
    bootKey.publicKeyOpenssh,
    hostKey.publicKeyOpenssh,
  ]);
  const text = keys.apply(([loginPublicKey, bootPrivate, bootPublic, hostPublicKey]) =>
    userData({
      platform,
      architecture,
      user,
      agentRegion,
      loginPublicKey,
      hostPublicKey,
      bootKey: { private: bootPrivate, public: bootPublic },
    }),
  );
  return pulumi.secret(text);
}
