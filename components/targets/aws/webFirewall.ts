import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { firewallMetric, visibility, webFirewallRules } from "../../../lib/targets/aws/balancer/webFirewallRules";

export interface WebFirewallArgs {
  /** What it stands before. */
  balancerArn: pulumi.Input<string>;
  /** Beyond it one address is blocked until it has calmed down; changed in place. */
  requestsPerFiveMinutes: number;
}

/**
 * AWS WAF before a balancer: a limit for each address, and groups of rules that AWS keeps up to date.
 *
 * @example
 * new WebFirewall("balancer-firewall", { balancerArn, requestsPerFiveMinutes: 2000 }, { parent: this });
 */
export class WebFirewall extends pulumi.ComponentResource {
  constructor(
    name: string,
    { balancerArn, requestsPerFiveMinutes }: WebFirewallArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("portico:components:WebFirewall", name, { requestsPerFiveMinutes }, opts);
    const list = new aws.wafv2.WebAcl(
      name,
      {
        scope: "REGIONAL",
        defaultAction: { allow: {} },
        rules: webFirewallRules(requestsPerFiveMinutes),
        visibilityConfig: visibility(firewallMetric(pulumi.getProject(), pulumi.getStack())),
        tags: { Name: "Web application firewall of the balancer" },
      },
      { parent: this },
    );
    new aws.wafv2.WebAclAssociation(
      `${name}-association`,
      { resourceArn: balancerArn, webAclArn: list.arn },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
