import type { StandIn } from "./standIn";

/** Ids of what the account still holds of any stack, by kind; what was there before the first update is left out. */
export function leftovers(standIn: StandIn): Record<string, string[]> {
  const { zoneId } = standIn.account;
  const ask = <Entry>(service: string, operation: string, list: string, parameters: Record<string, unknown> = {}) =>
    standIn.call<Record<string, Entry[]>>(service, operation, parameters)[list]!;
  const found: Record<string, string[]> = {
    instances: ask<{ Instances: { InstanceId: string; State: { Name: string } }[] }>(
      "ec2",
      "describe_instances",
      "Reservations",
    )
      .flatMap(({ Instances }) => Instances)
      .filter(({ State }) => State.Name !== "terminated")
      .map(({ InstanceId }) => InstanceId),
    networks: ask<{ VpcId: string; IsDefault: boolean }>("ec2", "describe_vpcs", "Vpcs")
      .filter(({ IsDefault }) => !IsDefault)
      .map(({ VpcId }) => VpcId),
    addresses: ask<{ PublicIp: string }>("ec2", "describe_addresses", "Addresses").map(({ PublicIp }) => PublicIp),
    balancers: ask<{ LoadBalancerName: string }>("elbv2", "describe_load_balancers", "LoadBalancers").map(
      ({ LoadBalancerName }) => LoadBalancerName,
    ),
    targetGroups: ask<{ TargetGroupName: string }>("elbv2", "describe_target_groups", "TargetGroups").map(
      ({ TargetGroupName }) => TargetGroupName,
    ),
    certificates: ask<{ CertificateArn: string }>("acm", "list_certificates", "CertificateSummaryList").map(
      ({ CertificateArn }) => CertificateArn,
    ),
    records: ask<{ Name: string; Type: string }>("route53", "list_resource_record_sets", "ResourceRecordSets", {
      HostedZoneId: zoneId,
    })
      .filter(({ Type }) => Type !== "NS" && Type !== "SOA")
      .map(({ Name }) => Name),
    buckets: ask<{ Name: string }>("s3", "list_buckets", "Buckets").map(({ Name }) => Name),
    topics: ask<{ TopicArn: string }>("sns", "list_topics", "Topics").map(({ TopicArn }) => TopicArn),
    alarms: ask<{ AlarmName: string }>("cloudwatch", "describe_alarms", "MetricAlarms").map(
      ({ AlarmName }) => AlarmName,
    ),
    logGroups: ask<{ logGroupName: string }>("logs", "describe_log_groups", "logGroups").map(
      ({ logGroupName }) => logGroupName,
    ),
    roles: ask<{ RoleName: string }>("iam", "list_roles", "Roles").map(({ RoleName }) => RoleName),
  };
  return Object.fromEntries(Object.entries(found).filter(([, ids]) => ids.length > 0));
}
