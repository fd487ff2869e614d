import { moveHosts } from "../../bin/commands/hosts/balancerDoor";
import type { HostAnswer, Hosts } from "../../bin/commands/hosts/hosts";
import { capturePrinted } from "../support/printed";

interface Fleet {
  balancer?: string;
  applicationHosts?: string[];
  answer?: Partial<HostAnswer<object>>;
  silent?: boolean;
}

/** Hosts of which the balancer answers as the test says; `calls` are what it was told. */
function fleet({ balancer, applicationHosts = ["web-1", "web-2"], answer = {}, silent = false }: Fleet): {
  hosts: Hosts;
  calls: unknown[];
} {
  const calls: unknown[] = [];
  const hosts = {
    balancer,
    applicationHosts,
    findSilent: () => Promise.resolve(silent ? [{ host: balancer, complaint: "timed out" }] : []),
    call: (names: string[], verb: string, input: object) => {
      calls.push([...names, verb, input]);
      return Promise.resolve([{ host: balancer, result: undefined, complaint: "", unknown: false, ...answer }]);
    },
  };
  return { hosts: hosts as unknown as Hosts, calls };
}

describe("the balancer", () => {
  const printed = capturePrinted();

  it("leaves a host out, and says who serves", async () => {
    const { hosts, calls } = fleet({
      balancer: "edge",
      answer: { result: { host: "web-2", out: true, serving: ["web-1"] } },
    });
    expect(await moveHosts(hosts, "drain", ["web-2"], "left out")).toBe(true);
    expect(calls).toEqual([["edge", "drain", { host: "web-2", why: "left out" }]]);
    expect(printed.join("")).toBe("portico: edge leaves web-2 out; serving: web-1\n");
  });

  it("takes a host in again, and says so", async () => {
    const { hosts } = fleet({
      balancer: "edge",
      answer: { result: { host: "web-2", out: false, serving: ["web-2"] } },
    });
    expect(await moveHosts(hosts, "resume", ["web-2"], "up to date")).toBe(true);
    expect(printed.join("")).toBe("portico: edge sends requests to web-2 again: up to date\n");
  });

  it("is told of each host by itself, and a host that it still leaves out is a failure", async () => {
    const { hosts, calls } = fleet({ balancer: "edge", answer: { result: { host: "web-1", out: true, serving: [] } } });
    expect(await moveHosts(hosts, "resume", ["web-1", "web-2"], "up to date")).toBe(false);
    expect(calls).toHaveLength(2);
    expect(printed.join("")).toContain("edge still leaves web-1 out");
  });

  it.each([
    ["does not answer", { silent: true }, false, "edge does not answer, so it did not drain web-2: timed out"],
    ["refuses", { answer: { complaint: "host: got web-2" } }, false, "edge did not drain web-2: host: got web-2"],
    [
      "has no such command yet",
      { answer: { unknown: true } },
      true,
      "edge cannot leave web-2 out before its next update",
    ],
  ])("that %s is named", async (_what, more, done, words) => {
    const { hosts } = fleet({ balancer: "edge", ...more });
    expect(await moveHosts(hosts, "drain", ["web-2"], "left out")).toBe(done);
    expect(printed.join("")).toContain(words);
  });

  it.each([
    ["of a cloud", {}],
    ["of a single host", { balancer: "edge", applicationHosts: ["web-1"] }],
    ["that is the host itself", { balancer: "web-1" }],
  ])("%s is told nothing", async (_what, which: Fleet) => {
    const { hosts, calls } = fleet(which);
    expect(await moveHosts(hosts, "resume", ["web-1"], "up to date")).toBe(true);
    expect(calls).toEqual([]);
  });
});
