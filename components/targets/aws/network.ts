import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { planSubnets } from "../../../lib/targets/aws/subnets";
import type { AwsSettings } from "../../../lib/settings";
import { FlowLogs } from "./flowLogs";

const anywhere = "0.0.0.0/0";

export interface NetworkArgs {
  settings: AwsSettings["network"];
  region: string;
  /** How long recorded flows are kept, where they are. */
  logDays: number;
}

/**
 * Where balancer and machines stand. Either a network of the stack's own: public subnets for the balancer, private ones
 * for the machines, in each zone, with a way out as the settings say. Or one that is there already, left as it is.
 *
 * @example
 * new Network("network", { settings: settings.network, region: settings.region, logDays: 30 }, { parent: this });
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly balancerSubnetIds: pulumi.Input<string>[];
  readonly hostSubnetIds: pulumi.Input<string>[];
  /** What leads the internet to the balancer's subnets; nothing of it is ours in a network that is there. */
  readonly publicWay: readonly pulumi.Resource[];

  constructor(name: string, { settings, region, logDays }: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { adopted, addressRange, zones, nat } = settings;
    super(
      "portico:components:Network",
      name,
      adopted === null ? { addressRange, zones: [...zones], nat } : { adopted: adopted.vpcId },
      opts,
    );
    if (adopted === null) {
      const made = this.make(name, settings, region);
      this.vpcId = made.vpc.id;
      this.balancerSubnetIds = made.publicSubnets.map(({ subnet }) => subnet.id);
      this.hostSubnetIds = made.privateSubnets.map(({ subnet }) => subnet.id);
      this.publicWay = made.publicWay;
    } else {
      this.vpcId = pulumi.output(adopted.vpcId);
      this.balancerSubnetIds = [...adopted.balancerSubnetIds];
      this.hostSubnetIds = [...adopted.hostSubnetIds];
      this.publicWay = [];
    }
    if (settings.flowLogs) new FlowLogs(`${name}-flows`, { vpcId: this.vpcId, days: logDays }, { parent: this });
    this.registerOutputs({ vpcId: this.vpcId });
  }

  private make(name: string, { addressRange, zones, nat }: AwsSettings["network"], region: string) {
    const subnets = planSubnets(addressRange, zones);
    const vpc = this.makeVpc(name, addressRange);
    const gateway = new aws.ec2.InternetGateway(
      `${name}-internet-gateway`,
      { vpcId: vpc.id, tags: { Name: "Way to the internet" } },
      { parent: this },
    );
    const publicRoutes = this.routeTable(`${name}-public-routes`, vpc, "Public subnets");
    const publicRoute = new aws.ec2.Route(
      `${name}-public-way-out`,
      { routeTableId: publicRoutes.id, destinationCidrBlock: anywhere, gatewayId: gateway.id },
      { parent: this },
    );
    const publicSubnets = subnets.map(({ zone, balancerRange }) =>
      this.subnet(`${name}-public-${zone}`, {
        vpc,
        zone,
        range: balancerRange,
        routes: publicRoutes,
        phrase: `Balancer in ${zone}`,
      }),
    );
    const privateRoutes = subnets.map(({ zone }) =>
      this.routeTable(`${name}-private-routes-${zone}`, vpc, `Machines in ${zone}`),
    );
    const privateSubnets = subnets.map(({ zone, hostRange }, index) =>
      this.subnet(`${name}-private-${zone}`, {
        vpc,
        zone,
        range: hostRange,
        routes: privateRoutes[index]!,
        phrase: `Machines in ${zone}`,
      }),
    );
    const wayOut = nat === "single" ? zones.slice(0, 1) : nat === "perZone" ? zones : [];
    const translators = wayOut.map((zone, index) =>
      this.translator(`${name}-nat-${zone}`, zone, publicSubnets[index]!.subnet, gateway),
    );
    if (translators.length > 0)
      zones.forEach((zone, index) =>
        this.routeOut(`${name}-private-way-out-${zone}`, privateRoutes[index]!, translators[index] ?? translators[0]!),
      );
    this.reachStorage(name, vpc, region, [publicRoutes, ...privateRoutes]);
    return {
      vpc,
      publicSubnets,
      privateSubnets,
      publicWay: [gateway, publicRoute, ...publicSubnets.map(({ association }) => association)],
    };
  }

  /** Every network has a default group that lets its members talk to each other; nothing of ours uses it. */
  private makeVpc(name: string, cidrBlock: string): aws.ec2.Vpc {
    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: "Application network" } },
      { parent: this },
    );
    new aws.ec2.DefaultSecurityGroup(
      `${name}-default-group`,
      { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: "Unused - lets nothing through" } },
      { parent: this },
    );
    return vpc;
  }

  private routeTable(name: string, vpc: aws.ec2.Vpc, phrase: string): aws.ec2.RouteTable {
    return new aws.ec2.RouteTable(name, { vpcId: vpc.id, tags: { Name: phrase } }, { parent: this });
  }

  private subnet(name: string, { vpc, zone, range, routes, phrase }: SubnetPlan) {
    const subnet = new aws.ec2.Subnet(
      name,
      { vpcId: vpc.id, availabilityZone: zone, cidrBlock: range, mapPublicIpOnLaunch: false, tags: { Name: phrase } },
      { parent: this },
    );
    const association = new aws.ec2.RouteTableAssociation(
      `${name}-routes`,
      { subnetId: subnet.id, routeTableId: routes.id },
      { parent: this },
    );
    return { subnet, association };
  }

  private translator(
    name: string,
    zone: string,
    subnet: aws.ec2.Subnet,
    gateway: aws.ec2.InternetGateway,
  ): aws.ec2.NatGateway {
    const address = new aws.ec2.Eip(
      `${name}-address`,
      { domain: "vpc", tags: { Name: `Address of the machines in the internet - ${zone}` } },
      { parent: this, dependsOn: [gateway] },
    );
    return new aws.ec2.NatGateway(
      name,
      { subnetId: subnet.id, allocationId: address.allocationId, tags: { Name: `Way out of the machines - ${zone}` } },
      { parent: this, dependsOn: [gateway] },
    );
  }

  private routeOut(name: string, routes: aws.ec2.RouteTable, { id }: aws.ec2.NatGateway): void {
    new aws.ec2.Route(
      name,
      { routeTableId: routes.id, destinationCidrBlock: anywhere, natGatewayId: id },
      { parent: this },
    );
  }

  /** Costs nothing, and spares what goes to S3 the price of NAT. */
  private reachStorage(name: string, vpc: aws.ec2.Vpc, region: string, routes: aws.ec2.RouteTable[]): void {
    new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${region}.s3`,
        routeTableIds: routes.map(({ id }) => id),
        tags: { Name: "Way to S3" },
      },
      { parent: this },
    );
  }
}

interface SubnetPlan {
  vpc: aws.ec2.Vpc;
  zone: string;
  range: string;
  routes: aws.ec2.RouteTable;
  phrase: string;
}
