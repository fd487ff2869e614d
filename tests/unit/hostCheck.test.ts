import {
  checkCode,
  checkLines,
  earlierProgram,
  healingHint,
  readAnswer,
  runsToHeal,
  type CheckedHost,
  type Difference,
} from "../../lib/hosts/check";

const now = 1_800_000_000;
const difference = (more: Partial<Difference> = {}): Difference => ({
  subject: "/etc/portico/tls/server.key",
  found: "mode 0644",
  wanted: "mode 0640",
  healer: "activate",
  advice: "",
  ...more,
});
const examined = (differences: Difference[], state = "s1"): CheckedHost =>
  readAnswer("web-1", { state, time: now, differences, deliberate: [], drained: [] }, "", now);
const silent = readAnswer("web-2", undefined, "ssh: connect to host 10.0.0.2: Connection timed out\n", now);
const foreign = difference({
  subject: "/etc/portico/x",
  found: "a file that is not the stack's",
  wanted: "no such file",
  healer: "nobody",
  advice: "look what it is for",
});

describe("a check of hosts", () => {
  test("says for each difference what is, what should be, and what a person has to do", () => {
    expect(checkLines([examined([difference(), foreign])])).toEqual([
      "web-1: /etc/portico/tls/server.key: mode 0644; should be mode 0640",
      "web-1: /etc/portico/x: a file that is not the stack's; should be no such file; look what it is for",
    ]);
  });

  test("says so where all is well, and names a host that did not answer", () => {
    expect(checkLines([examined([]), silent])).toEqual([
      "web-1: as it should be",
      "web-2: could not be checked: ssh: connect to host 10.0.0.2: Connection timed out",
    ]);
  });

  test("ends with 0, with 2 for a difference, with 1 where a host could not be checked whatever the others have", () => {
    expect([
      checkCode([examined([])]),
      checkCode([examined([]), examined([difference()])]),
      checkCode([examined([difference()]), silent]),
    ]).toEqual([0, 2, 1]);
  });

  test("tells of an operator's own drop-ins and counts them for nothing", () => {
    const checked = readAnswer(
      "web-1",
      {
        state: "s1",
        time: now,
        differences: [],
        deliberate: ["/etc/systemd/system/portico-nginx.service.d/90-local.conf"],
      },
      "",
      now,
    );
    expect(checkLines([checked])).toEqual([
      "web-1: as it should be",
      "web-1: /etc/systemd/system/portico-nginx.service.d/90-local.conf: a drop-in of yours, which stays",
    ]);
    expect(checkCode([checked])).toBe(0);
  });

  test("tells which hosts get no requests though all is as it should be", () => {
    const drained = [{ host: "web-1", why: "new memory", since: "2026-01-01T00:00:00Z" }];
    const checked = readAnswer("edge", { state: "s1", time: now, differences: [], drained }, "", now);
    expect(checkLines([checked])).toEqual([
      "edge: as it should be",
      "edge: web-1 is out for work since 2026-01-01T00:00:00Z and gets no requests: new memory",
    ]);
    expect(checkCode([checked])).toBe(0);
  });

  test("says who puts them right", () => {
    expect(healingHint([examined([]), silent], "dev")).toBeUndefined();
    expect(healingHint([examined([difference(), difference({ healer: "stage" }), foreign])], "dev")).toBe(
      "3 differences: bin/check dev --heal or bin/up dev puts right 1; bin/up dev puts right 1 more; 1 for you to decide",
    );
    expect(healingHint([examined([difference({ healer: "stage" })])], "prod")).toBe(
      "1 difference: bin/up prod puts right 1",
    );
  });

  test("a host program that does not know the findings yet was not asked", () => {
    expect(readAnswer("web-1", { problems: [] } as object, "", now)).toEqual({
      host: "web-1",
      examination: undefined,
      complaint: earlierProgram,
    });
  });

  test.each([
    [61, ["61 s ahead of this computer's"]],
    [-3600, ["3600 s behind this computer's"]],
    [60, []],
  ])("finds a clock that is %s s off", (seconds, found) => {
    const { examination } = readAnswer(
      "web-1",
      { state: "s1", time: now + seconds, differences: [], deliberate: [], drained: [] },
      "",
      now,
    );
    expect(examination!.differences.map((each) => each.found)).toEqual(found);
  });
});

describe("what has to run again to heal a host", () => {
  test("nothing where all is well, where only a person can help, and where nobody answered", () => {
    expect([examined([]), examined([foreign]), silent].map((host) => runsToHeal(host, "s1"))).toEqual([[], [], []]);
  });

  test("its activation, and what comes before it where the host cannot make it by itself", () => {
    expect(runsToHeal(examined([difference()]), "s1")).toEqual(["web-1-activate"]);
    expect(runsToHeal(examined([difference({ subject: "package nginx", healer: "stage" })]), "s1")).toEqual([
      "web-1-packages",
      "web-1-release",
      "web-1-wheels",
      "web-1-stage",
      "web-1-activate",
    ]);
  });

  test("its activation where it has another state than the engine knows of", () => {
    expect(runsToHeal(examined([], "s0"), "s1")).toEqual(["web-1-activate"]);
    expect(runsToHeal(examined([], "s0"), undefined)).toEqual([]);
  });
});
