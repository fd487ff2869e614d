import * as aws from "@pulumi/aws";
import { local, remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { healthCheck } from "../../../lib/targets/aws/balancer/health";
import { logPrefixes } from "../../../lib/targets/aws/balancer/logDelivery";
import { webPort } from "../../../lib/hosts/wellKnown";
import { awsSettingsOf, type Settings } from "../../../lib/settings";
import type { Balancer } from "../../hosts/balancer";
import type { StagedHost } from "../../hosts/hostTransaction";
import { LogBucket } from "./logBucket";
import type { Machine } from "../../hosts/machine";
import { putInService } from "./targetRegistration";
import { WebFirewall } from "./webFirewall";

export interface LoadBalancerArgs {
  /** Names, times and options; every change but of the network is made in place. */
  settings: Settings;
  vpcId: pulumi.Input<string>;
  /** Public subnets in two zones or more. */
  subnetIds: pulumi.Input<string>[];
  /** What leads clients to the subnets: AWS refuses a public balancer without it, and keeps it as long as one stands there. */
  publicWay: readonly pulumi.Resource[];
  /** Lets clients in, and out to the hosts alone. */
  securityGroupId: pulumi.Input<string>;
  /** Public certificate, issued. */
  certificateArn: pulumi.Input<string>;
}

/**
 * The balancer of target `aws`, an Application Load Balancer: ends TLS, answers for the names of the site alone, and
 * speaks TLS with Nginx on the hosts. A host gets requests when its release answers, and none once it is about to leave.
 *
 * @example
 * new LoadBalancer("balancer", { settings, vpcId, subnetIds, publicWay, securityGroupId, certificateArn }, { parent: this });
 */
export class LoadBalancer extends pulumi.ComponentResource implements Balancer {
  readonly hosts: readonly StagedHost[] = [];
  readonly url: string;
  /** What CloudWatch calls the balancer. */
  readonly arnSuffix: pulumi.Output<string>;
  /** What CloudWatch calls its group of hosts. */
  readonly targetGroupArnSuffix: pulumi.Output<string>;
  /** The way of a request to the hosts: a host that none leads to is never healthy. */
  readonly ready: readonly pulumi.Resource[];

  private readonly settings: Settings;
  private readonly group: aws.lb.TargetGroup;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:LoadBalancer", name, { domains: [...args.settings.site.domains] }, opts);
    this.settings = args.settings;
    this.url = `https://${args.settings.site.domains[0]}`;
    const balancer = this.balance(name, args);
    this.group = this.groupHosts(name, args);
    this.ready = this.listen(name, balancer, args);
    this.addDnsRecords(name, balancer, args.settings);
    const { webFirewall } = awsSettingsOf(args.settings).balancer;
    if (webFirewall.enabled)
      new WebFirewall(`${name}-firewall`, { balancerArn: balancer.arn, ...webFirewall }, { parent: this });
    this.arnSuffix = balancer.arnSuffix;
    this.targetGroupArnSuffix = this.group.arnSuffix;
    this.registerOutputs({ url: this.url });
  }

  gate(machines: readonly Machine[], switched: remote.Command[], parent: pulumi.Resource): local.Command[] {
    const group = {
      arn: this.group.arn,
      port: webPort,
      region: awsSettingsOf(this.settings).region,
      drainSeconds: this.settings.balancer.drainSeconds,
    };
    const registration = { switched, routes: this.ready, balancer: this, parent };
    return machines.map((machine) => putInService(machine, group, registration));
  }

  /** It verifies no host, so no authority is new to it. */
  prepare(): pulumi.Resource[] {
    return [];
  }

  /** Each host sends itself the requests of a visitor; no host program runs where this balancer is. */
  visit(): pulumi.Resource[] {
    return [];
  }

  private balance(
    name: string,
    { settings, subnetIds, publicWay, securityGroupId }: LoadBalancerArgs,
  ): aws.lb.LoadBalancer {
    const { protection } = awsSettingsOf(settings);
    return new aws.lb.LoadBalancer(
      name,
      {
        loadBalancerType: "application",
        internal: false,
        ipAddressType: "ipv4",
        subnets: subnetIds,
        securityGroups: [securityGroupId],
        ...this.keepLogs(name, settings),
        idleTimeout: settings.balancer.idleTimeoutSeconds,
        enableHttp2: true,
        // Ambiguous requests are refused or closed. Default: defensive, but invalid names of headers pass.
        desyncMitigationMode: "defensive",
        dropInvalidHeaderFields: true,
        // The hosts count the client from the right, where this balancer puts it. Default: append.
        xffHeaderProcessingMode: "append",
        preserveHostHeader: true,
        // Lets a whole zone be taken out by hand. Default: off.
        enableZonalShift: true,
        enableDeletionProtection: protection,
        tags: { Name: "Balancer" },
      },
      { parent: this, protect: protection, dependsOn: [...publicWay] },
    );
  }

  private keepLogs(name: string, settings: Settings): Pick<aws.lb.LoadBalancerArgs, "accessLogs" | "connectionLogs"> {
    const { accountId, balancer, protection } = awsSettingsOf(settings);
    // Said, not left out: the provider is free to overlook that a block has gone (SuppressMissingOptionalConfigurationBlock).
    const none = { bucket: "", enabled: false };
    if (!balancer.logs) return { accessLogs: none, connectionLogs: none };
    const bucket = new LogBucket(
      `${name}-logs`,
      { accountId, days: balancer.logDays, protect: protection },
      { parent: this },
    ).name;
    // A bucket alone turns nothing on. Default of enabled: false.
    const into = (prefix: string) => ({ bucket, prefix, enabled: true });
    return { accessLogs: into(logPrefixes.access), connectionLogs: into(logPrefixes.connections) };
  }

  private groupHosts(name: string, { settings, vpcId }: LoadBalancerArgs): aws.lb.TargetGroup {
    const slowStart = awsSettingsOf(settings).balancer.slowStartSeconds;
    return new aws.lb.TargetGroup(
      `${name}-hosts`,
      {
        vpcId,
        targetType: "instance",
        port: webPort,
        protocol: "HTTPS",
        protocolVersion: "HTTP1",
        deregistrationDelay: settings.balancer.drainSeconds,
        // AWS has a slow start with round_robin only.
        slowStart,
        loadBalancingAlgorithmType: slowStart > 0 ? "round_robin" : "least_outstanding_requests",
        // All fields are said: one that is left out later keeps its previous value. The default server of Nginx answers.
        healthCheck: { enabled: true, protocol: "HTTPS", port: "traffic-port", matcher: "200", ...healthCheck },
        tags: { Name: "Application machines" },
      },
      { parent: this },
    );
  }

  /**
   * Names of the site go to the hosts, all others get 404 here: a host closes such a connection without a word, which
   * the balancer would count, and answer, as an error of the site.
   */
  private listen(
    name: string,
    balancer: aws.lb.LoadBalancer,
    { settings, certificateArn }: LoadBalancerArgs,
  ): pulumi.Resource[] {
    const https = new aws.lb.Listener(
      `${name}-https`,
      {
        loadBalancerArn: balancer.arn,
        port: 443,
        protocol: "HTTPS",
        sslPolicy: awsSettingsOf(settings).balancer.tlsPolicy,
        certificateArn,
        defaultActions: [
          {
            type: "fixed-response",
            fixedResponse: { statusCode: "404", contentType: "text/plain", messageBody: "Not found\n" },
          },
        ],
        tags: { Name: "HTTPS" },
      },
      { parent: this },
    );
    new aws.lb.Listener(
      `${name}-http`,
      {
        loadBalancerArn: balancer.arn,
        port: 80,
        protocol: "HTTP",
        defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
        tags: { Name: "HTTP - redirected" },
      },
      { parent: this },
    );
    return [https, ...settings.site.domains.map((domain) => this.forward(name, domain, https))];
  }

  /** No priority of our own: the rules exclude each other, and numbers would shift when a name goes. */
  private forward(name: string, domain: string, listener: aws.lb.Listener): aws.lb.ListenerRule {
    return new aws.lb.ListenerRule(
      `${name}-name-${domain}`,
      {
        listenerArn: listener.arn,
        conditions: [{ hostHeader: { values: [domain] } }],
        actions: [{ type: "forward", targetGroupArn: this.group.arn }],
        tags: { Name: domain },
      },
      { parent: this },
    );
  }

  /** Without a zone, as with a given certificate, the names are pointed at the balancer elsewhere. */
  private addDnsRecords(name: string, balancer: aws.lb.LoadBalancer, { site, aws: target }: Settings): void {
    if (target?.certificate === undefined) return;
    const { zoneId } = target.certificate;
    for (const domain of site.domains) {
      const alias = { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false };
      new aws.route53.Record(
        `${name}-record-${domain}`,
        { zoneId, name: domain, type: "A", aliases: [alias] },
        { parent: this },
      );
    }
  }
}
