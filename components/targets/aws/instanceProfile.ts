import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { partitionOf } from "../../../lib/targets/aws/partition";
import { assumedBy, policyText } from "../../../lib/targets/aws/policyDocument";

export interface InstanceProfileArgs {
  region: string;
}

/**
 * What the machines may do in the account: be reached through Session Manager, where they have its agent. AWS's policy for
 * that lets them read every parameter of the account too, secrets of other systems among them, so that is denied, whatever
 * else is attached. Whoever needs more attaches a policy of its own.
 *
 * @example
 * new InstanceProfile("machine-role", { region: "eu-central-1" }, { parent: this }).profileName;
 */
export class InstanceProfile extends pulumi.ComponentResource {
  readonly roleName: pulumi.Output<string>;
  /** Of the instance profile, once the role may do all of it and no more. */
  readonly profileName: pulumi.Output<string>;

  constructor(name: string, { region }: InstanceProfileArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:MachineRole", name, { region }, opts);
    const role = new aws.iam.Role(
      name,
      { assumeRolePolicy: assumedBy("ec2.amazonaws.com"), tags: { Name: "Application machines" } },
      { parent: this },
    );
    const policyArn = `arn:${partitionOf(region).id}:iam::aws:policy/AmazonSSMManagedInstanceCore`;
    const attachment = new aws.iam.RolePolicyAttachment(
      `${name}-session-manager`,
      { role: role.name, policyArn },
      { parent: this },
    );
    const denial = new aws.iam.RolePolicy(
      `${name}-no-parameters`,
      { role: role.name, policy: noParameters() },
      { parent: this },
    );
    const profile = new aws.iam.InstanceProfile(
      `${name}-profile`,
      { role: role.name, tags: { Name: "Application machines" } },
      { parent: this, dependsOn: [attachment, denial] },
    );
    this.roleName = role.name;
    this.profileName = profile.name;
    this.registerOutputs({ roleName: this.roleName });
  }
}

function noParameters(): string {
  return policyText([{ Effect: "Deny", Action: "ssm:GetParameter*", Resource: "*" }]);
}
