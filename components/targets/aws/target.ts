import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { planMachines, type MachinePlan } from "../../../lib/targets/aws/machinePlans";
import { telemetryStack, planTelemetry } from "../../../lib/targets/aws/monitoring/telemetry";
import { stackTags } from "../../../lib/targets/aws/tags";
import { tunnelPort } from "../../../lib/targets/aws/tunnels";
import { loginUser, type MachineImage } from "../../../lib/targets/aws/userData";
import { planFirewall } from "../../../lib/hosts/firewall";
import { sshPort } from "../../../lib/hosts/wellKnown";
import { platforms } from "../../../lib/hosts/platforms";
import { architectureOf } from "../../../lib/release/python/platformTags";
import type { SitePlan } from "../../../lib/hosts/plan";
import { awsSettingsOf, type AwsSettings, type Settings } from "../../../lib/settings";
import { lookUp } from "./lookups";
import type { Balancer } from "../../hosts/balancer";
import { Firewall } from "./firewall";
import { LoadBalancer } from "./loadBalancer";
import type { Machine, MachineAccess } from "../../hosts/machine";
import { InstanceProfile } from "./instanceProfile";
import { Monitoring, type MonitoringArgs } from "./monitoring/monitoring";
import { Network } from "./network";
import { PublicCertificate } from "./publicCertificate";
import type { BalanceArgs, Target, TargetContext, TargetPlan, MonitorArgs } from "../target";
import { VirtualMachine } from "./machine";

export type AwsTargetArgs = Pick<TargetContext, "settings" | "credentials">;

/** A machine is part of the common path and an instance of the account. */
interface Launched {
  machine: Machine;
  instanceId: pulumi.Output<string>;
}

/**
 * The machines of target `aws`, over the zones in turn, their network and firewall, and what stands before and beside
 * them: certificate, balancer, alarms. All in one account and region.
 *
 * @example
 * const { web } = new AwsTarget("aws", { settings, credentials }, { providers: [provider] });
 */
export class AwsTarget extends pulumi.ComponentResource implements Target {
  readonly web: readonly Machine[];
  readonly balancers: readonly Machine[] = [];

  private readonly args: AwsTargetArgs;
  private readonly network: Network;
  private readonly firewall: Firewall;
  private readonly role: InstanceProfile;
  private readonly launched: readonly Launched[];
  /** What is watched besides the machines, once it is declared. */
  private balanced?: Pick<MonitoringArgs, "balancer" | "certificateArn">;

  constructor(name: string, args: AwsTargetArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = awsSettingsOf(args.settings);
    super("portico:components:AwsTarget", name, { accountId: settings.accountId, region: settings.region }, opts);
    this.args = args;
    const logDays = Number(settings.monitoring.logDays);
    this.network = new Network(
      "network",
      { settings: settings.network, region: settings.region, logDays },
      { parent: this },
    );
    this.firewall = new Firewall("firewall", { vpcId: this.network.vpcId, settings: args.settings }, { parent: this });
    this.role = new InstanceProfile("machine-role", { region: settings.region }, { parent: this });
    const loginKey = new tls.PrivateKey(`${name}-login-key`, { algorithm: "ED25519" }, { parent: this });
    this.launched = planMachines(settings.machines).map((plan) => this.launch(plan, settings, loginKey));
    this.web = this.launched.map(({ machine }) => machine);
    this.registerOutputs({});
  }

  balance({ site: { certificate: given } }: BalanceArgs): Balancer {
    const { settings } = this.args;
    const certificate = new PublicCertificate("certificate", { settings, given }, { parent: this });
    const { vpcId, balancerSubnetIds: subnetIds, publicWay } = this.network;
    const securityGroupId = this.firewall.balancerGroupId;
    const balancer = new LoadBalancer(
      "balancer",
      { settings, vpcId, subnetIds, publicWay, securityGroupId, certificateArn: certificate.arn },
      { parent: this },
    );
    this.balanced = { balancer, certificateArn: certificate.arn };
    return balancer;
  }

  monitor({ inService }: MonitorArgs): void {
    if (this.balanced === undefined)
      throw new Error("watch: got no balancer; allowed: one that is declared; call balance first");
    const machines = this.launched.map(({ machine: { name }, instanceId }) => ({ name, instanceId }));
    new Monitoring(
      "monitoring",
      {
        settings: awsSettingsOf(this.args.settings),
        ...this.balanced,
        machines,
        instanceProfile: this.role.roleName,
        inService,
      },
      { parent: this },
    );
  }

  private launch(plan: MachinePlan, settings: AwsSettings, loginKey: tls.PrivateKey): Launched {
    const { access, machines, protection, region } = settings;
    const { hostSubnetIds } = this.network;
    const user = loginUser(machines.platform);
    const virtualMachine = new VirtualMachine(
      plan.name,
      {
        plan,
        ...imageOf(settings),
        subnetId: hostSubnetIds[plan.index % hostSubnetIds.length]!,
        securityGroupId: this.firewall.hostGroupId,
        profileName: this.role.profileName,
        user,
        loginPublicKey: loginKey.publicKeyOpenssh,
        agentRegion: access.mode === "ssm" ? region : null,
        settings: machines,
        protection,
        reachedBy: [this.network, this.firewall],
      },
      { parent: this },
    );
    const { instance, instanceId, privateAddress: address, hostKey, firstContact } = virtualMachine;
    const door =
      access.mode === "ssm"
        ? { host: "127.0.0.1", port: tunnelPort(plan.index) }
        : { host: address, port: 22, jump: this.jumpHost(access) };
    const machine = { name: plan.name, address, hostKey, firstContact, identity: instanceId, resource: instance };
    return { machine: { ...machine, access: { ...door, user, loginKey: loginKey.privateKeyOpenssh } }, instanceId };
  }

  private jumpHost({ jumpHost }: AwsSettings["access"]): MachineAccess["jump"] {
    const { jumpKey } = this.args.credentials;
    if (jumpHost === null || jumpKey === undefined) return undefined;
    const { address, sshPort, user, hostKey } = jumpHost;
    return { host: address, port: sshPort, user, hostKey, loginKey: jumpKey };
  }
}

/** Looks up at AWS what the settings name; throws a SettingsError that lists every fault. Only the provider is declared for it. */
export async function planAwsTarget({ settings, credentials }: TargetContext): Promise<TargetPlan> {
  const target = awsSettingsOf(settings);
  const provider = accountProvider(target);
  const { balancerRanges } = await lookUp(settings, target, provider);
  return {
    site: awsSite(settings, target, balancerRanges),
    declare: () => new AwsTarget("aws", { settings, credentials }, { providers: [provider] }),
  };
}

/** One account and one region, whatever the environment says; each resource is tagged with its stack. */
function accountProvider({ accountId, region, tags }: AwsSettings): aws.Provider {
  const own = stackTags(pulumi.getProject(), pulumi.getStack());
  return new aws.Provider("aws-provider", {
    region,
    allowedAccountIds: [accountId],
    defaultTags: { tags: { ...tags, ...own } },
  });
}

function awsSite(settings: Settings, target: AwsSettings, balancerRanges: string[]): SitePlan {
  const { access, machines } = target;
  const { architecture, platform } = imageOf(target);
  return {
    siteNames: settings.site.domains,
    balancerAddresses: balancerRanges,
    // Session Manager comes from the machine itself. Addresses of machines are known to the groups alone.
    firewall: planFirewall(settings, {
      sshRanges: access.mode === "ssh" ? access.sshRanges : [],
      sshPorts: [sshPort],
      hostAddresses: [],
    }),
    telemetry: planTelemetry(target, telemetryStack(pulumi.getProject(), pulumi.getStack())),
    hosts: planMachines(machines).map(({ name }) => ({
      name,
      roles: ["web"] as const,
      platform: platforms[platform],
      architecture,
    })),
  };
}

function imageOf({ machines: { platform, architecture } }: AwsSettings): MachineImage {
  return { platform, architecture: architectureOf(architecture) };
}
