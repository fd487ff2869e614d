import ipaddr from "ipaddr.js";

/** Last letters of the zones that a range has room for; AWS has given none beyond f so far. */
const letters = "abcdefgh";
/** The range is cut into as many equal parts: one for the balancer and one for the machines of each zone. */
const parts = 2 * letters.length;

export interface ZoneSubnets {
  zone: string;
  /** Public, for the balancer: from a /22 on it gets a /26; AWS demands a /27. */
  balancerRange: string;
  /** Private, for the machines. */
  hostRange: string;
}

/** Whether a range has room for the zone. */
export function hasRoom(zone: string): boolean {
  return letters.includes(zone.at(-1)!);
}

/** Subnets of a new network. A zone's ranges follow from its letter alone: zones come and go, and no other moves. */
export function planSubnets(addressRange: string, zones: readonly string[]): ZoneSubnets[] {
  return zones.map((zone) => {
    if (!hasRoom(zone)) throw new Error(`zones: got ${zone}; allowed: zones that end in ${letters}; choose another`);
    const position = letters.indexOf(zone.at(-1)!);
    return {
      zone,
      balancerRange: part(addressRange, position),
      hostRange: part(addressRange, letters.length + position),
    };
  });
}

function part(addressRange: string, position: number): string {
  const [network, length] = ipaddr.IPv4.parseCIDR(addressRange);
  const partLength = length + Math.log2(parts);
  const first = network.octets.reduce((sum, octet) => sum * 256 + octet, 0) + position * 2 ** (32 - partLength);
  return `${[24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join(".")}/${partLength}`;
}
