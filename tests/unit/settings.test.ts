import { parseSettings, SettingsError, type Settings } from "../../lib/settings";

const baseline = { app: { module: "shop.web:app" } };

function faultsOf(given: Record<string, unknown>): string {
  try {
    parseSettings(given);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return "";
}

describe("parseSettings", () => {
  it("fills every default and freezes the result", () => {
    const settings = parseSettings(baseline);
    expect(settings.gunicorn).toMatchObject({ workers: "auto", workerClass: "gthread", maxRequests: 1000, maxRequestsJitter: 200 });
    expect(settings.local).toMatchObject({ addressRange: "10.31.64.0/24", webMachines: 2, web: { cpus: 2 } });
    expect(() => {
      (settings as { target: string }).target = "elsewhere";
    }).toThrow(TypeError);
    expect(Object.isFrozen(settings.nginx.rateLimits.general)).toBe(true);
  });

  it("names the key, the value and the known keys for an unknown setting", () => {
    const message = faultsOf({ ...baseline, gunicorn: { wrokers: 3 } });
    expect(message).toContain("portico:gunicorn.wrokers: got 3");
    expect(message).toMatch(/allowed: the settings workerClass, workers, /);
    expect(faultsOf({ ...baseline, ngnix: {} })).toContain("portico:ngnix: got {}; allowed: the settings target, site, app");
    expect(faultsOf({ ...baseline, nginx: { rateLimits: { general: { rate: 1 } } } })).toContain("portico:nginx.rateLimits.general.rate: got 1; allowed: the settings requestsPerSecond, burst");
  });

  it("reports text for a number with the allowed range", () => {
    expect(faultsOf({ ...baseline, nginx: { keepaliveTimeoutSeconds: "soon" } })).toContain(
      'portico:nginx.keepaliveTimeoutSeconds: got "soon"; allowed: a whole number of seconds from 1 to 3600',
    );
  });

  it("reports a group that is no group, a missing module and a wrong variable name", () => {
    expect(faultsOf({ ...baseline, local: "big" })).toContain('portico:local: got "big"; allowed: a group of settings');
    expect(faultsOf({})).toContain("portico:app: got nothing; allowed: a group of settings; set it in the stack file");
    expect(faultsOf({ app: {} })).toContain("portico:app.module: got nothing; allowed: package.module:callable");
    expect(faultsOf({ app: { module: "a:b", environment: { "bad-name": "x" } } })).toContain("allowed: a map of variable names");
  });

  it("reports all faults of one reading together", () => {
    const message = faultsOf({ app: { module: "no callable", livePath: "healthz" }, target: "moon" });
    expect(message).toContain("3 settings are wrong, nothing was changed:");
    expect(message).toContain("portico:app.module");
    expect(message).toContain("portico:app.livePath");
    expect(message).toContain('portico:target: got "moon"; allowed: one of: local');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["application deadline at the worker timeout", { app: { module: "a:b", deadlineSeconds: 30 } }, "portico:gunicorn.timeoutSeconds: got 30; allowed: more than app.deadlineSeconds (30)"],
    ["worker timeout at the proxy's", { ...baseline, gunicorn: { timeoutSeconds: 35 } }, "portico:nginx.proxyReadTimeoutSeconds: got 35"],
    ["proxy above the balancer", { ...baseline, nginx: { proxyReadTimeoutSeconds: 61 } }, "portico:balancer.idleTimeoutSeconds: got 60"],
    ["keep-alive below the balancer", { ...baseline, nginx: { keepaliveTimeoutSeconds: 20 } }, "portico:nginx.keepaliveTimeoutSeconds: got 20; allowed: more than balancer.idleTimeoutSeconds (60)"],
    ["drain not above graceful stop", { ...baseline, balancer: { drainSeconds: 30 } }, "portico:balancer.drainSeconds: got 30"],
    ["graceful stop below the deadline", { ...baseline, gunicorn: { gracefulTimeoutSeconds: 10 } }, "portico:gunicorn.gracefulTimeoutSeconds: got 10"],
    ["no workers", { ...baseline, gunicorn: { workers: 0 } }, "portico:gunicorn.workers: got 0; allowed: auto, or a whole number of processes from 1 to 512"],
    ["workers by another word", { ...baseline, gunicorn: { workers: "many" } }, "allowed: auto, or a whole number of processes from 1 to 512"],
    ["secret in both lists", { app: { module: "a:b", secrets: ["key"], generatedSecrets: ["key"] } }, "portico:app.generatedSecrets"],
    ["secret twice in one list", { app: { module: "a:b", secrets: ["key", "key"] } }, 'portico:app.secrets: got "key"; allowed: each secret once'],
    ["secret with the name of a setting", { app: { module: "a:b", secrets: ["local"] } }, 'portico:app.secrets: got "local"; allowed: names that are no settings'],
    ["everything as a stream", { app: { module: "a:b", streamPaths: ["/"] } }, "portico:app.streamPaths"],
    ["public range", { ...baseline, local: { addressRange: "8.8.8.0/24" } }, "allowed: a private range"],
    ["range that is too small", { ...baseline, local: { addressRange: "10.1.1.0/28", webMachines: 5 } }, "allowed: a range with room for 5 application machines"],
    ["range that does not start at its network", { ...baseline, local: { addressRange: "10.1.1.5/24" } }, "allowed: the first address of the range, 10.1.1.0/24"],
  ])("refuses %s", (_name, given, expected) => {
    expect(faultsOf(given)).toContain(expected);
  });

  it("accepts what the relations allow", () => {
    const settings: Settings = parseSettings({ ...baseline, balancer: { idleTimeoutSeconds: 70, drainSeconds: 31 } });
    expect(settings.balancer.drainSeconds).toBe(31);
  });

  it("shortens a long value in the message", () => {
    const message = faultsOf({ ...baseline, target: "x".repeat(500) });
    expect(message.split("\n")[1]!.length).toBeLessThan(300);
  });
});
