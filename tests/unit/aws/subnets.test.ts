import ipaddr from "ipaddr.js";
import { planSubnets } from "../../../lib/targets/aws/subnets";

const zones = ["a", "b", "c", "d", "e", "f", "g", "h"].map((letter) => `eu-central-1${letter}`);
const ranges = (addressRange: string, count: number) =>
  planSubnets(addressRange, zones.slice(0, count)).flatMap(({ balancerRange, hostRange }) => [
    balancerRange,
    hostRange,
  ]);

describe("planSubnets", () => {
  it("gives each zone a range for the balancer and one for the machines", () => {
    expect(planSubnets("10.40.0.0/16", zones.slice(0, 2))).toEqual([
      { zone: "eu-central-1a", balancerRange: "10.40.0.0/20", hostRange: "10.40.128.0/20" },
      { zone: "eu-central-1b", balancerRange: "10.40.16.0/20", hostRange: "10.40.144.0/20" },
    ]);
  });

  it.each(["10.40.0.0/16", "172.16.248.0/21", "192.168.252.0/22"])(
    "cuts %s into ranges of its own that share no address",
    (addressRange) => {
      const all = ranges(addressRange, 8).map((range) => ipaddr.IPv4.parseCIDR(range));
      const whole = ipaddr.IPv4.parseCIDR(addressRange);
      for (const [index, [address, length]] of all.entries()) {
        expect(address.match(whole)).toBe(true);
        expect(ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${length}`).toString()).toBe(
          address.toString(),
        );
        for (const [other] of all.slice(index + 1)) expect(other.match([address, length])).toBe(false);
      }
    },
  );

  it("gives the balancer a /27 or more, which AWS demands, in the smallest range", () => {
    for (const { balancerRange } of planSubnets("10.40.0.0/22", zones))
      expect(Number(balancerRange.split("/")[1])).toBeLessThanOrEqual(27);
  });

  it("gives a zone the same ranges whatever zones are there besides, and in whatever order", () => {
    const [, second] = planSubnets("10.40.0.0/16", zones);
    expect(planSubnets("10.40.0.0/16", ["eu-central-1c", "eu-central-1b"])[1]).toEqual(second);
  });

  it("refuses a zone that the range has no part for", () => {
    expect(() => planSubnets("10.40.0.0/16", ["eu-central-1a", "eu-central-1i"])).toThrow(
      "got eu-central-1i; allowed: zones that end in abcdefgh",
    );
  });
});
