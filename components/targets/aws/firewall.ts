import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { webPort } from "../../../lib/hosts/wellKnown";
import type { Settings } from "../../../lib/settings";

/** The balancer and the machines have IPv4 addresses alone: nothing else can arrive, so no other rule exists. */
const anywhere = "0.0.0.0/0";

export interface FirewallArgs {
  vpcId: pulumi.Input<string>;
  /** `aws.access` opens port 22 or not, `app.network` decides on the way out; changes are made in place. */
  settings: Pick<Settings, "app" | "aws">;
}

/**
 * Who may talk to whom: clients to the balancer by HTTP and HTTPS, the balancer to the machines by one port, the
 * deployer to the machines by SSH where the settings say so. All else is closed.
 *
 * @example
 * const { balancerGroupId, hostGroupId } = new Firewall("firewall", { vpcId: network.vpcId, settings }, { parent: this });
 */
export class Firewall extends pulumi.ComponentResource {
  readonly balancerGroupId: pulumi.Output<string>;
  readonly hostGroupId: pulumi.Output<string>;

  constructor(
    name: string,
    { vpcId, settings: { app, aws: target } }: FirewallArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("portico:components:Firewall", name, { network: app.network }, opts);
    // A description is for good: another one would make the group anew. What may change stands in the tags.
    const group = (role: string, phrase: string) =>
      new aws.ec2.SecurityGroup(
        `${name}-${role}`,
        { vpcId, description: `Portico ${role}`, tags: { Name: phrase } },
        { parent: this },
      ).id;
    this.balancerGroupId = group("balancer", "Balancer");
    this.hostGroupId = group("hosts", "Application machines");
    this.openBalancer(`${name}-balancer`);
    this.openHosts(`${name}-hosts`);
    this.openSsh(`${name}-hosts-ssh`, target?.access.mode === "ssh" ? target.access.sshRanges : []);
    this.allowOutbound(`${name}-hosts-out`, app.network);
    this.registerOutputs({});
  }

  private openBalancer(name: string): void {
    this.admit(`${name}-https`, this.balancerGroupId, 443, { cidrIpv4: anywhere }, "HTTPS of all clients");
    this.admit(
      `${name}-http`,
      this.balancerGroupId,
      80,
      { cidrIpv4: anywhere },
      "HTTP of all clients - redirected to HTTPS",
    );
    this.letOut(
      `${name}-to-hosts`,
      this.balancerGroupId,
      { ...tcp(webPort), referencedSecurityGroupId: this.hostGroupId },
      "Requests and health checks to the machines",
    );
  }

  private openHosts(name: string): void {
    this.admit(
      `${name}-from-balancer`,
      this.hostGroupId,
      webPort,
      { referencedSecurityGroupId: this.balancerGroupId },
      "Requests and health checks of the balancer",
    );
  }

  private openSsh(name: string, ranges: readonly string[]): void {
    for (const range of ranges)
      this.admit(
        `${name}-${range.replace("/", "-")}`,
        this.hostGroupId,
        22,
        { cidrIpv4: range },
        "SSH of the deployer",
      );
  }

  /**
   * The services of the network itself, name resolution, time and instance metadata, need no rule. Packages and AWS's own
   * services are on 80 and 443. An application with a network of its own may talk to databases on any port: what is
   * allowed to it there, its sandbox and the groups of those services decide.
   */
  private allowOutbound(name: string, network: Settings["app"]["network"]): void {
    if (network === "outbound") {
      this.letOut(
        `${name}-all`,
        this.hostGroupId,
        { ipProtocol: "-1", cidrIpv4: anywhere },
        "What the application calls - packages - AWS services",
      );
      return;
    }
    this.letOut(
      `${name}-https`,
      this.hostGroupId,
      { ...tcp(443), cidrIpv4: anywhere },
      "AWS services and package sources",
    );
    this.letOut(
      `${name}-http`,
      this.hostGroupId,
      { ...tcp(80), cidrIpv4: anywhere },
      "Package sources - signed by the distribution",
    );
  }

  private admit(name: string, securityGroupId: pulumi.Input<string>, port: number, from: Peer, phrase: string): void {
    const texts = { description: phrase, tags: { Name: phrase } };
    new aws.vpc.SecurityGroupIngressRule(name, { securityGroupId, ...tcp(port), ...from, ...texts }, { parent: this });
  }

  private letOut(name: string, securityGroupId: pulumi.Input<string>, to: Ports & Peer, phrase: string): void {
    new aws.vpc.SecurityGroupEgressRule(
      name,
      { securityGroupId, ...to, description: phrase, tags: { Name: phrase } },
      { parent: this },
    );
  }
}

interface Peer {
  cidrIpv4?: string;
  referencedSecurityGroupId?: pulumi.Input<string>;
}

interface Ports {
  ipProtocol: string;
  fromPort?: number;
  toPort?: number;
}

function tcp(port: number): Ports {
  return { ipProtocol: "tcp", fromPort: port, toPort: port };
}
