import { planReboots, reasonToWait, type RebootWish } from "../../lib/rollout/reboots";

const wish: RebootWish = {
  stack: "prod",
  hosts: ["edge", "web-1", "web-2"],
  applicationHosts: ["web-1", "web-2"],
  balancer: "edge",
  named: [],
  outage: false,
};

describe("who is booted anew", () => {
  it("is who asks for it, but for the balancer, without which nobody answers", () => {
    expect(planReboots(wish, [])).toEqual({ unnoticed: [], noticed: [], spared: [] });
    expect(planReboots(wish, ["edge", "web-2"])).toEqual({ unnoticed: ["web-2"], noticed: [], spared: ["edge"] });
  });

  it("is the balancer too where that may be, last of all", () => {
    expect(planReboots({ ...wish, outage: true }, ["edge", "web-1"])).toEqual({
      unnoticed: ["web-1"],
      noticed: ["edge"],
      spared: [],
    });
  });

  it("is who is named, and nobody who asks beside them", () => {
    expect(planReboots({ ...wish, named: ["web-2", "web-1"] }, ["edge"]).unnoticed).toEqual(["web-1", "web-2"]);
    expect(planReboots({ ...wish, named: ["edge"] }, ["web-1"])).toEqual({
      unnoticed: [],
      noticed: [],
      spared: ["edge"],
    });
  });

  it.each([
    ["the only application host", { hosts: ["edge", "web-1"], applicationHosts: ["web-1"] }, ["edge", "web-1"]],
    ["a host that is both", { hosts: ["one"], applicationHosts: ["one"], balancer: "one" }, ["one"]],
  ])("is not %s", (_what, fleet, asking) => {
    const [spared, noticed] = [false, true].map((outage) => planReboots({ ...wish, ...fleet, outage }, asking));
    expect(spared).toEqual({ unnoticed: [], noticed: [], spared: [...asking].reverse() });
    expect(noticed).toEqual({ unnoticed: [], noticed: [...asking].reverse(), spared: [] });
  });

  it("is none that the stack does not have", () => {
    expect(() => planReboots({ ...wish, named: ["web-3"] }, [])).toThrow(
      "--host: got web-3; allowed: edge, web-1, web-2; name a host of the stack; nothing was changed",
    );
  });
});

describe("a host waits", () => {
  const watch = (serves: Record<string, boolean>) => ({
    current: null,
    good: [],
    watch: {
      hosts: Object.fromEntries(Object.entries(serves).map(([host, each]) => [host, { serves: each, drained: null }])),
    },
  });

  it("while another one gets no requests", () => {
    expect(reasonToWait("web-1", watch({ "web-1": true, "web-2": true, "web-3": true }))).toBeUndefined();
    expect(reasonToWait("web-1", watch({ "web-1": true, "web-2": true, "web-3": false }))).toBe(
      "web-3 gets no requests; mend that first",
    );
  });

  it("not for itself", () => {
    expect(reasonToWait("web-1", watch({ "web-1": false, "web-2": true }))).toBeUndefined();
  });

  it("where nobody knows of another one", () => {
    expect(reasonToWait("web-1", watch({ "web-1": true }))).toBe("the balancer checks no other host");
    expect(reasonToWait("web-1", { current: null, good: [], watch: null })).toBe("the balancer checks no other host");
  });
});
