import ipaddr from "ipaddr.js";
import { hasRoom } from "../../targets/aws/subnets";
import { privateRangeFault } from "../../base/addresses";
import { certificateKind } from "../certificateKind";
import type { Fault } from "../faults";
import type { AwsSettings, Settings } from "../schema";

/** A wider range is no range of anybody in particular. */
const widestSshRange = 8;
/** AWS allows no slow start between none and this. */
const shortestSlowStart = 30;
/** Of the name of a certificate's subject (RFC 5280); ACM makes it of the first name. */
const longestSubject = 64;

/** Faults between the settings of target aws. */
export function awsFaults(settings: Settings): Fault[] {
  const { target, aws } = settings;
  if (target !== "aws") return [];
  if (aws === undefined)
    return [{ key: "aws", value: undefined, allowed: "a group of settings", remedy: "set it, or another target" }];
  return [
    ...issueFaults(settings, aws),
    ...networkFaults(aws.network, aws.region),
    ...wayOutFaults(aws),
    ...machineFaults(aws.machines),
    ...accessFaults(aws.access),
    ...slowStartFaults(aws.balancer),
    ...monitoringFaults(settings, aws.monitoring),
  ];
}

function issueFaults(settings: Settings, { certificate }: AwsSettings): Fault[] {
  const { site } = settings;
  if (site.domains.length === 0) {
    return [{ key: "site.domains", value: site.domains, allowed: "at least one name", remedy: "name the site" }];
  }
  if (certificateKind(settings) !== "acm") return [];
  if (certificate === undefined) {
    return [
      {
        key: "aws.certificate",
        value: undefined,
        allowed: "a group with zoneId, or site.certificate given",
        remedy: "set the zone of site.domains, or bring a certificate",
      },
    ];
  }
  const fault = (value: string, allowed: string, remedy: string) => ({ key: "site.domains", value, allowed, remedy });
  const internal = site.domains.filter((domain) => domain.endsWith(".internal"));
  const tooLong = site.domains.slice(0, 1).filter((domain) => domain.length > longestSubject);
  return [
    ...internal.map((domain) =>
      fault(domain, "public names, which a certificate can be issued for", "set the names of the site"),
    ),
    ...tooLong.map((domain) =>
      fault(
        domain,
        `a first name of at most ${longestSubject} characters, which a certificate is issued to`,
        "put a shorter name first",
      ),
    ),
  ];
}

function networkFaults({ adopted, zones, addressRange }: AwsSettings["network"], region: string): Fault[] {
  if (adopted !== null) return adoptedFaults(adopted);
  const faults: Fault[] = [];
  const fault = (key: string, value: unknown, allowed: string, remedy: string) =>
    faults.push({ key: `aws.network.${key}`, value, allowed, remedy });
  const twice = repeated(zones);
  const elsewhere = zones.filter((zone) => zone.slice(0, -1) !== region || !hasRoom(zone));
  if (zones.length < 2) fault("zones", zones, `two or more zones of ${region}`, "name zones, or adopt a network");
  if (twice.length > 0) fault("zones", twice, "each zone once", "remove the repetition");
  if (elsewhere.length > 0)
    fault("zones", elsewhere, `zones of aws.region (${region}), a to h`, "mend zones or region");
  const bounds = privateRangeFault(addressRange);
  if (bounds !== undefined) fault("addressRange", addressRange, bounds, "set another range");
  return faults;
}

function adoptedFaults(adopted: NonNullable<AwsSettings["network"]["adopted"]>): Fault[] {
  return (["balancerSubnetIds", "hostSubnetIds"] as const).flatMap((key) => {
    const ids = adopted[key];
    if (ids.length >= 2 && repeated(ids).length === 0) return [];
    return [
      {
        key: `aws.network.adopted.${key}`,
        value: ids,
        allowed: "two subnets or more, each once",
        remedy: "mend the list",
      },
    ];
  });
}

/** Machines without a way out reach AWS's own services no more than any other. */
function wayOutFaults({ network, access, monitoring }: AwsSettings): Fault[] {
  if (network.adopted !== null || network.nat !== "none") return [];
  const remedy = "set aws.network.nat to single or perZone, or change it";
  const faults: Fault[] = [];
  if (access.mode === "ssm")
    faults.push({
      key: "aws.access.mode",
      value: "ssm",
      allowed: "ssh, as Session Manager is out of reach with aws.network.nat none",
      remedy,
    });
  if (monitoring.hostLogs)
    faults.push({
      key: "aws.monitoring.hostLogs",
      value: true,
      allowed: "false, as CloudWatch is out of reach with aws.network.nat none",
      remedy,
    });
  return faults;
}

function machineFaults({ count, overrides }: AwsSettings["machines"]): Fault[] {
  const beyond = Object.keys(overrides).filter((name) => Number(name.replace("web-", "")) > count);
  return beyond.map((name) => ({
    key: `aws.machines.overrides.${name}`,
    value: overrides[name],
    allowed: `machines up to web-${count} (aws.machines.count)`,
    remedy: "remove it, or raise the count",
  }));
}

function accessFaults({ mode, sshRanges, jumpHost }: AwsSettings["access"]): Fault[] {
  const faults: Fault[] = [];
  const fault = (key: string, value: unknown, allowed: string, remedy: string) =>
    faults.push({ key: `aws.access.${key}`, value, allowed, remedy });
  if (mode === "ssm") {
    if (sshRanges.length > 0)
      fault(
        "sshRanges",
        sshRanges,
        "none in mode ssm, which opens no port",
        "remove them, or set aws.access.mode to ssh",
      );
    if (jumpHost !== null)
      fault("jumpHost", jumpHost.address, "none in mode ssm", "remove it, or set aws.access.mode to ssh");
    return faults;
  }
  if (sshRanges.length === 0)
    fault(
      "sshRanges",
      sshRanges,
      "at least one range in mode ssh",
      "set the range of the deployer, or of the jump host",
    );
  for (const range of sshRanges) {
    const problem = sshRangeProblem(range);
    if (problem !== undefined) fault("sshRanges", range, problem, "name those who deploy");
  }
  if (repeated(sshRanges).length > 0)
    fault("sshRanges", repeated(sshRanges), "each range once", "remove the repetition");
  return faults;
}

function sshRangeProblem(range: string): string | undefined {
  if (!ipaddr.IPv4.isValidCIDR(range)) return "an IPv4 range such as 203.0.113.0/24";
  const length = ipaddr.IPv4.parseCIDR(range)[1];
  if (length < widestSshRange)
    return `a range of /${widestSshRange} or narrower: port 22 is never open to the internet`;
  const network = `${ipaddr.IPv4.networkAddressFromCIDR(range).toString()}/${length}`;
  return network === range ? undefined : `the first address of the range, ${network}`;
}

function slowStartFaults({ slowStartSeconds }: AwsSettings["balancer"]): Fault[] {
  if (slowStartSeconds === 0 || slowStartSeconds >= shortestSlowStart) return [];
  return [
    {
      key: "aws.balancer.slowStartSeconds",
      value: slowStartSeconds,
      allowed: `0, or at least ${shortestSlowStart} seconds`,
      remedy: "set one of them",
    },
  ];
}

/** An update renews a host's certificate only when it has fewer than renewDays left, and so could not end the alarm. */
function monitoringFaults(
  { authority: { renewDays } }: Settings,
  { hostLogs, certificateDays }: AwsSettings["monitoring"],
): Fault[] {
  if (!hostLogs || certificateDays < renewDays) return [];
  return [
    {
      key: "aws.monitoring.certificateDays",
      value: certificateDays,
      allowed: `less than authority.renewDays (${renewDays}), or no update could end the alarm of a machine`,
      remedy: "lower it, or raise authority.renewDays",
    },
  ];
}

function repeated(items: readonly string[]): string[] {
  return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))];
}
