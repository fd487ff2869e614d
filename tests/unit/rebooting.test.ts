import { rebootAll } from "../../bin/commands/update/rebooting";
import { parseWeeklyWindow } from "../../lib/base/weeklyWindow";
import type { Hosts } from "../../bin/commands/hosts/hosts";
import { capturePrinted } from "../support/printed";

interface Input {
  host?: string;
  hosts?: string[];
  drained?: boolean;
}

interface Fleet {
  /** Hosts that ask for a reboot. */
  asking?: string[];
  /** Host that the balancer finds bad after its reboot. */
  bad?: string;
  /** Host that gets no requests from the beginning. */
  out?: string;
  /** Host whose program knows no reboot. */
  earlier?: string;
  silent?: string;
  /** How long a boot takes by the deployer's clock, where the test moves that. */
  bootMilliseconds?: number;
}

/** Two application hosts behind a balancer; `calls` are what they were told. */
function fleet({ asking = [], bad, out, earlier, silent, bootMilliseconds = 0 }: Fleet): {
  hosts: Hosts;
  calls: string[];
} {
  const calls: string[] = [];
  const boots = new Map<string, number>();
  const drained = new Set<string>();
  const serves = (host: string) => host !== out && !drained.has(host);
  const status = (host: string) => ({
    ...(host !== earlier && { boot: `boot-${boots.get(host) ?? 0}` }),
    asksForReboot: asking.includes(host) ? "linux-image-amd64" : null,
    watch:
      host === "edge"
        ? { hosts: Object.fromEntries(["web-1", "web-2"].map((each) => [each, { serves: serves(each) }])) }
        : null,
  });
  const move = (out: boolean, host = "") => {
    if (out) drained.add(host);
    else drained.delete(host);
    return { out, serving: ["web-1", "web-2"].filter(serves) };
  };
  const verbs: Record<string, (host: string, input: Input) => unknown> = {
    status,
    survey: (host) => ({ status: status(host), answers: { answers: host === "edge" ? null : true } }),
    drain: (_host, input) => move(true, input.host),
    resume: (_host, input) => move(false, input.host),
    gate: (_host, { hosts = [] }) => (hosts.includes(bad ?? "") ? undefined : { gated: hosts }),
    reboot: (host) => {
      const before = boots.get(host) ?? 0;
      boots.set(host, before + 1);
      if (bootMilliseconds > 0) jest.setSystemTime(Date.now() + bootMilliseconds);
      return { boot: `boot-${before}` };
    },
  };
  const answer = (host: string, verb: string, input: Input) =>
    host === silent ? undefined : verbs[verb]!(host, input);
  const hosts = {
    balancer: "edge",
    names: ["edge", "web-1", "web-2"],
    applicationHosts: ["web-1", "web-2"],
    resources: [],
    gateOf: (host: string) => ({ hosts: [host] }),
    call: (names: string[], verb: string, input: Input) =>
      Promise.resolve(
        names.map((host) => {
          if (!["status", "survey"].includes(verb))
            calls.push(
              [host, verb, input.host ?? input.hosts?.join() ?? (input.drained ? "quiet" : "at once")].join(" "),
            );
          return { host, result: answer(host, verb, input), complaint: "got 502", unknown: false };
        }),
      ),
  };
  return { hosts: hosts as unknown as Hosts, calls };
}

const printed = capturePrinted();

function reboot(of: Fleet, named: string[] = [], outage = false, window?: string) {
  const { hosts, calls } = fleet(of);
  const { names, applicationHosts, balancer } = hosts;
  const wish = { stack: "prod", hosts: names, applicationHosts, balancer, named, outage };
  return { code: rebootAll(hosts, wish, window === undefined ? undefined : parseWeeklyWindow(window)), calls };
}

const steps = (host: string) => [
  `edge drain ${host}`,
  `${host} reboot quiet`,
  `edge gate ${host}`,
  `edge resume ${host}`,
];

test("hosts that ask for it go one after another, each out of the balancer until it has proven itself", async () => {
  const { code, calls } = reboot({ asking: ["web-1", "web-2"] });
  expect(await code).toBe(0);
  expect(calls).toEqual([...steps("web-1"), ...steps("web-2")]);
  expect(printed.join("")).toContain("web-1 asks for a reboot: linux-image-amd64");
});

test("where none asks for it none goes", async () => {
  const { code, calls } = reboot({});
  expect([await code, calls]).toEqual([0, []]);
  expect(printed.join("")).toContain("no host asks for a reboot");
});

test("a balancer goes only where it is said that it may, and is told how", async () => {
  const spared = reboot({ asking: ["edge"] });
  expect([await spared.code, spared.calls]).toEqual([3, []]);
  expect(printed.join("")).toContain("bin/reboot prod --host edge --outage");
  const { code, calls } = reboot({ asking: ["edge"] }, ["edge"], true);
  expect([await code, calls]).toEqual([0, ["edge reboot at once"]]);
});

test("a host that the balancer finds bad stays out, and no other is touched", async () => {
  const { code, calls } = reboot({ asking: ["web-1", "web-2"], bad: "web-1" });
  await expect(code).rejects.toThrow(
    "web-1: edge, which checks it: got 502\nportico: no other host was touched after it",
  );
  expect(calls).toEqual(steps("web-1").slice(0, 3));
});

test.each([
  [{ asking: ["web-1"], out: "web-2" }, "web-1: web-2 gets no requests; mend that first"],
  [{ asking: ["web-1"], silent: "web-2" }, "web-2 does not answer: got 502; nothing was changed"],
  [{ asking: ["web-1"], earlier: "edge" }, "edge: its host program has no such command yet"],
])("with %j none goes", async (of, message) => {
  const { code, calls } = reboot(of);
  await expect(code).rejects.toThrow(message);
  expect(calls).toEqual([]);
});

describe("a window", () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ["setTimeout", "setImmediate", "nextTick"] }));
  afterEach(() => jest.useRealTimers());
  const asking = ["web-1", "web-2"];
  const window = "Sun 02:00-04:00 Europe/Berlin";

  it("that is open lets hosts go", async () => {
    jest.setSystemTime(new Date("2026-11-29T01:30:00Z"));
    const { code, calls } = reboot({ asking }, [], false, window);
    expect([await code, calls]).toEqual([0, [...steps("web-1"), ...steps("web-2")]]);
  });

  it("that is closed lets none go, named or not, and it is told when it opens", async () => {
    jest.setSystemTime(new Date("2026-11-28T12:00:00Z"));
    for (const named of [[], ["web-2"]]) {
      const { code, calls } = reboot({ asking }, named, false, window);
      expect([await code, calls]).toEqual([3, []]);
    }
    expect(printed.join("")).toContain(
      "web-1, web-2 wait for the window of updates.rebootWindow, which opens next at 2026-11-29T01:00Z; --now does not wait for it",
    );
    expect(printed.join("")).toContain("web-2 waits for the window");
  });

  it("that closes while a host boots leaves the next one for the next time", async () => {
    jest.setSystemTime(new Date("2026-11-29T02:55:00Z"));
    const { code, calls } = reboot({ asking, bootMilliseconds: 10 * 60_000 }, [], false, window);
    expect([await code, calls]).toEqual([3, steps("web-1")]);
    expect(printed.join("")).toContain(
      "web-2 waits for the window of updates.rebootWindow, which opens next at 2026-12-06T01:00Z",
    );
  });
});
