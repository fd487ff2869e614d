import { leaseSeconds, planBatches } from "../../lib/rollout/batches";
import { parseSettings } from "../../lib/settings";

describe("planBatches", () => {
  it.each<[number | string, number, number[]]>([
    [1, 3, [1, 1, 1]],
    [2, 3, [1, 2]],
    [2, 4, [1, 2, 1]],
    [10, 3, [1, 2]],
    ["50%", 4, [1, 2, 1]],
    ["25%", 3, [1, 1, 1]],
    ["25%", 8, [1, 2, 2, 2, 1]],
    ["26%", 8, [1, 3, 3, 1]],
    ["100%", 3, [1, 2]],
    ["50%", 3, [1, 2]],
    ["50%", 5, [1, 3, 1]],
    ["1%", 3, [1, 1, 1]],
    [3, 8, [1, 3, 3, 1]],
    [1, 1, [1]],
    ["100%", 0, []],
  ])("batch %s of %d hosts", (batch, hosts, sizes) => {
    const names = Array.from({ length: hosts }, (_, index) => `web-${index + 1}`);
    const batches = planBatches(names, batch);
    expect(batches.map(({ length }) => length)).toEqual(sizes);
    expect(batches.flat()).toEqual(names);
  });

  it("switches one host, then half of the fleet at once by default, so that a release has three batches at most, however many hosts", () => {
    const { rollout } = parseSettings({ app: { module: "a:b" } });
    const counts = Array.from(
      { length: 400 },
      (_, index) => planBatches(Array(index + 1).fill(0), rollout.batch).length,
    );
    expect([1, 2, 3, 4, 8, 100].map((hosts) => counts[hosts - 1])).toEqual([1, 2, 2, 3, 3, 3]);
    expect(Math.max(...counts)).toBe(3);
  });
});

describe("leaseSeconds", () => {
  const settings = parseSettings({ app: { module: "a:b" } });
  const contents = [{ drainSeconds: 0 }, { drainSeconds: 45 }];

  it("outlasts all batches at their slowest", () => {
    const { app } = settings;
    expect(leaseSeconds(settings, contents, 3)).toBeGreaterThan(3 * (app.startSeconds + app.readySeconds + 45));
    expect(leaseSeconds(settings, contents, 3)).toBeGreaterThan(leaseSeconds(settings, contents, 2));
  });

  it("has room for a longer start and a longer wait for readiness of each batch", () => {
    const having = (more: Partial<typeof settings.app>) =>
      leaseSeconds({ ...settings, app: { ...settings.app, ...more } }, contents, 3);
    expect(having({ startSeconds: 100 }) - having({ startSeconds: 90 })).toBe(30);
    expect(having({ readySeconds: 100 }) - having({ readySeconds: 90 })).toBe(30);
  });

  it("has room in each batch for the host that may drain the longest", () => {
    const withDrain = (drainSeconds: number) => leaseSeconds(settings, [{ drainSeconds }, ...contents], 3);
    expect(withDrain(100) - withDrain(90)).toBe(30);
    expect(withDrain(10)).toBe(withDrain(45));
  });

  it("counts the balancer's own verdict where a service balances", () => {
    expect(leaseSeconds({ ...settings, target: "aws" }, contents, 3)).toBe(
      leaseSeconds(settings, contents, 3) + 3 * 120,
    );
  });

  it("is an hour at most", () => {
    expect(leaseSeconds(settings, contents, 1000)).toBe(3600);
  });
});

describe("rollout.batch", () => {
  it.each([0, 101, "0%", "150%", "half", "5"])("refuses %j", (batch) => {
    expect(() => parseSettings({ app: { module: "a:b" }, rollout: { batch } })).toThrow(
      /portico:rollout\.batch: got .*; allowed: a number of hosts from 1 to 100, or a share of the fleet as 25%/,
    );
  });
});

describe("app.migration", () => {
  it("takes a command and a limit, or nothing", () => {
    expect(parseSettings({ app: { module: "a:b" } }).app.migration).toBeNull();
    expect(
      parseSettings({ app: { module: "a:b", migration: { command: ["flask", "db", "upgrade"] } } }).app.migration,
    ).toEqual({ command: ["flask", "db", "upgrade"], seconds: 300 });
  });

  it("refuses an empty command and an unknown key", () => {
    expect(() => parseSettings({ app: { module: "a:b", migration: { command: [] } } })).toThrow(
      /portico:app\.migration\.command/,
    );
    expect(() => parseSettings({ app: { module: "a:b", migration: { command: ["x"], timeout: 3 } } })).toThrow(
      /portico:app\.migration\.timeout: got 3/,
    );
  });
});
