import {
  chooseRelease,
  compareRecord,
  planParticipants,
  type HostStatus,
  type Roll,
} from "../../lib/rollout/operations";

function status(release: string | null, good: string[], more: Partial<HostStatus> = {}): HostStatus {
  return { current: release === null ? null : { key: `key-${release}`, release }, good, ...more };
}

describe("the release to go back to", () => {
  it("is the latest good one other than the one that all serve", () => {
    expect(chooseRelease([status("c", ["c", "b", "a"]), status("c", ["c", "b", "a"])])).toBe("b");
  });

  it("is what an update is taking the place of, whichever hosts have switched", () => {
    const trial = { lease: {} };
    expect(chooseRelease([status("d", ["c", "b"], trial), status("c", ["c", "b"])])).toBe("c");
    expect(chooseRelease([status("c", ["c", "b"], trial), status("c", ["c", "b"])])).toBe("c");
    expect(chooseRelease([status("d", ["c", "b"], trial), status("d", ["c", "b"], trial)])).toBe("c");
  });

  it("is where the others are, for a host that an earlier rollback did not reach", () => {
    expect(chooseRelease([status("b", ["b", "a"]), status("c", ["c", "b", "a"])])).toBe("b");
  });

  it("is the wanted one where every host keeps it, and none otherwise", () => {
    const fleet = [status("c", ["c", "b", "a"]), status("c", ["c", "a"])];
    expect(chooseRelease(fleet, "a")).toBe("a");
    expect(chooseRelease(fleet)).toBe("a");
    expect(() => chooseRelease(fleet, "b")).toThrow(
      "release: got b; allowed: a good release that every host keeps: c, a; nothing was changed",
    );
    expect(() => chooseRelease([status("c", ["c"])])).toThrow("got none to go back to");
  });
});

describe("who takes part in an update", () => {
  const fleet: Roll = {
    stack: "prod",
    target: "hosts",
    applicationHosts: ["web-1", "web-2"],
    balancer: "edge",
    declared: ["web-1", "web-2", "edge"],
    silent: [],
    without: [],
  };
  const silent = (...hosts: string[]) =>
    hosts.map((host) => ({ host, complaint: "first line\nssh: connect to host: timed out" }));

  it("is everyone while all answer", () => {
    expect(planParticipants(fleet)).toEqual({ leaveOut: [], boot: [] });
  });

  it("is refused with the host, what it said, and the ways on", () => {
    const refused = () => planParticipants({ ...fleet, silent: silent("web-2") });
    expect(refused).toThrow("web-2 does not answer (ssh: connect to host: timed out); nothing was changed");
    for (const way of [
      "repair web-2 and run bin/up prod again",
      "bin/up prod --without web-2: ",
      "take web-2 out of hosts.machines in Pulumi.prod.yaml, where gone for good",
    ])
      expect(refused).toThrow(way);
    expect(() => planParticipants({ ...fleet, target: "aws", silent: silent("web-2") })).toThrow(
      "bin/up prod --refresh: makes a machine that was removed anew",
    );
  });

  it("is told to compare the key of a host that shows another one", () => {
    const other = [{ host: "web-2", complaint: "Host key verification failed." }];
    const way = "compare the host key of web-2 on its own console, and set hostKey in Pulumi.prod.yaml";
    expect(() => planParticipants({ ...fleet, silent: other })).toThrow(way);
    expect(() => planParticipants({ ...fleet, silent: silent("web-2") })).not.toThrow("host key");
  });

  it("is told to let the login key in where it is refused", () => {
    const refused = [{ host: "web-2", complaint: "admin@web-2: Permission denied (publickey)." }];
    const way = "add the public half of loginKey to ~/.ssh/authorized_keys of the login user on web-2";
    expect(() => planParticipants({ ...fleet, silent: refused })).toThrow(way);
  });

  it("offers no way without the balancer", () => {
    const refused = () => planParticipants({ ...fleet, silent: silent("edge") });
    expect(refused).toThrow("edge does not answer");
    expect(refused).not.toThrow("--without");
    expect(refused).toThrow("give edge the address and hostKey of another computer in Pulumi.prod.yaml");
    expect(refused).not.toThrow("out of hosts.machines");
  });

  it("is everyone but those left out, and a host that leaves the stack is not missed", () => {
    expect(planParticipants({ ...fleet, silent: silent("web-2"), without: ["web-2"] }).leaveOut).toEqual(["web-2"]);
    expect(planParticipants({ ...fleet, declared: ["web-1", "edge"], silent: silent("web-2") }).leaveOut).toEqual([]);
  });

  it("boots local machines that let nobody in, unless they are left out", () => {
    expect(planParticipants({ ...fleet, target: "local", silent: silent("web-2", "edge") })).toEqual({
      leaveOut: [],
      boot: ["web-2", "edge"],
    });
    expect(planParticipants({ ...fleet, target: "local", silent: silent("web-2"), without: ["web-2"] })).toEqual({
      leaveOut: ["web-2"],
      boot: [],
    });
  });

  it.each([
    [["web-9"], [], "--without: got web-9; allowed: application hosts of the stack: web-1, web-2"],
    [["edge"], [], "--without: got edge, which is the balancer"],
    [["web-1", "web-2"], [], "no host that answers is left"],
    [["web-1"], ["web-2"], "no host that answers is left"],
  ])("is never without %j while %j do not answer", (without, dead, message) => {
    expect(() => planParticipants({ ...fleet, without, silent: silent(...dead) })).toThrow(message);
  });
});

describe("what the engine's state says of a host", () => {
  it("is true of a host that has what it was given, and of one that is not there to say", () => {
    expect(compareRecord("key-b", status("b", []))).toBeUndefined();
    expect(compareRecord("key-b", undefined)).toBeUndefined();
    expect(compareRecord(undefined, status("b", []))).toBeUndefined();
  });

  it("is untrue of a host that has something else: it is activated again, and staged again where an operator took it back", () => {
    expect(compareRecord("key-c", status("b", []))).toEqual({ steps: ["activate"], has: "b" });
    expect(compareRecord("key-c", status("b", [], { takenBack: ["key-c"] }))).toEqual({
      steps: ["stage", "activate"],
      has: "b",
    });
    expect(compareRecord("key-c", status(null, []))).toEqual({ steps: ["activate"], has: null });
  });
});
