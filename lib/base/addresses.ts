import ipaddr from "ipaddr.js";

/** Offsets in the range of the local machines: this computer, the database, the balancer, the first application machine. */
const gatewayOffset = 1;
const databaseOffset = 9;
const balancerOffset = 10;
const firstWebOffset = 11;

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((range) => ipaddr.IPv4.parseCIDR(range));

export interface LocalAddresses {
  gateway: string;
  prefixLength: number;
  database: string;
  balancer: string;
  /** Application machines; their names are identity. */
  web: { name: string; address: string }[];
}

/** Addresses of the local machines inside `range`. */
export function localAddresses(range: string, webMachines: number): LocalAddresses {
  const [network, prefixLength] = ipaddr.IPv4.parseCIDR(range);
  const at = (offset: number) => addressAt(network, offset);
  return {
    gateway: at(gatewayOffset),
    prefixLength,
    database: at(databaseOffset),
    balancer: at(balancerOffset),
    web: Array.from({ length: webMachines }, (_, index) => ({
      name: `web-${index + 1}`,
      address: at(firstWebOffset + index),
    })),
  };
}

/** What a range must be when it is not; undefined when it is fine. */
export function rangeFault(range: string, webMachines: number): string | undefined {
  if (!ipaddr.IPv4.isValidCIDR(range)) return "an IPv4 range such as 10.31.64.0/24";
  const [, prefixLength] = ipaddr.IPv4.parseCIDR(range);
  if (prefixLength < 24 || prefixLength > 28) return "a range from /24 to /28";
  const problem = privateRangeFault(range);
  if (problem !== undefined) return problem;
  const broadcastOffset = 2 ** (32 - prefixLength) - 1;
  if (firstWebOffset + webMachines - 1 >= broadcastOffset)
    return `a range with room for ${webMachines} application machines`;
  return undefined;
}

/** What an IPv4 range must be to be a whole private one; undefined when it is. */
export function privateRangeFault(range: string): string | undefined {
  if (!ipaddr.IPv4.isValidCIDR(range)) return "an IPv4 range such as 10.40.0.0/16";
  const [address, prefixLength] = ipaddr.IPv4.parseCIDR(range);
  const network = ipaddr.IPv4.networkAddressFromCIDR(range).toString();
  if (network !== address.toString()) return `the first address of the range, ${network}/${prefixLength}`;
  const inside = privateRanges.some((candidate) => prefixLength >= candidate[1] && address.match(candidate));
  return inside ? undefined : "a private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)";
}

function addressAt(network: ipaddr.IPv4, offset: number): string {
  const octets = [...network.octets];
  octets[3] = octets[3]! + offset;
  return new ipaddr.IPv4(octets).toString();
}
