import { parseSettings, SettingsError, settingsWarnings, type Settings } from "../../lib/settings";

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
    expect(settings.gunicorn).toMatchObject({
      workers: "auto",
      workerClass: "gthread",
      maxRequests: 1000,
      maxRequestsJitter: 200,
    });
    expect(settings.local).toMatchObject({ addressRange: "10.31.64.0/24", webMachines: 2, web: { cpus: 2 } });
    expect(() => {
      (settings as { target: string }).target = "elsewhere";
    }).toThrow(TypeError);
    expect(Object.isFrozen(settings.nginx.rateLimits.general)).toBe(true);
  });

  it("names the key, the value and the known keys for an unknown setting", () => {
    const message = faultsOf({ ...baseline, gunicorn: { wrokers: 3 } });
    expect(message).toContain("portico:gunicorn.wrokers: got 3");
    expect(message).toMatch(/allowed: the settings workerClass, preload, workers, /);
    expect(faultsOf({ ...baseline, ngnix: {} })).toContain(
      "portico:ngnix: got {}; allowed: the settings target, site, app",
    );
    expect(faultsOf({ ...baseline, nginx: { rateLimits: { general: { rate: 1 } } } })).toContain(
      "portico:nginx.rateLimits.general.rate: got 1; allowed: the settings requestsPerSecond, burst",
    );
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
    const twice = { module: "a:b", sourceFolder: "src", environment: { PYTHONPATH: "lib" } };
    expect(faultsOf({ app: twice })).toContain('app.environment: got "PYTHONPATH"');
    for (const sourceFolder of ["/src", "src/", "../src", "", ".hidden"])
      expect(faultsOf({ app: { module: "a:b", sourceFolder } })).toContain("app.sourceFolder: got");
    expect(faultsOf({ app: { module: "a:b", environment: { "bad-name": "x" } } })).toContain(
      "allowed: a map of variable names",
    );
  });

  it("reports all faults of one reading together", () => {
    const message = faultsOf({ app: { module: "no callable", livePath: "healthz" }, target: "moon" });
    expect(message).toContain("3 settings are wrong, nothing was changed:");
    expect(message).toContain("portico:app.module");
    expect(message).toContain("portico:app.livePath");
    expect(message).toContain('portico:target: got "moon"; allowed: one of: local');
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "application deadline at the worker timeout",
      { app: { module: "a:b", deadlineSeconds: 30 } },
      "portico:gunicorn.timeoutSeconds: got 30; allowed: more than app.deadlineSeconds (30)",
    ],
    [
      "worker timeout at the proxy's",
      { ...baseline, gunicorn: { timeoutSeconds: 35 } },
      "portico:nginx.proxyReadTimeoutSeconds: got 35",
    ],
    [
      "proxy above the balancer",
      { ...baseline, nginx: { proxyReadTimeoutSeconds: 61 } },
      "portico:balancer.idleTimeoutSeconds: got 60",
    ],
    [
      "keep-alive below the balancer",
      { ...baseline, nginx: { keepaliveTimeoutSeconds: 20 } },
      "portico:nginx.keepaliveTimeoutSeconds: got 20; allowed: more than balancer.idleTimeoutSeconds (60)",
    ],
    [
      "drain not above graceful stop",
      { ...baseline, balancer: { drainSeconds: 30 } },
      "portico:balancer.drainSeconds: got 30",
    ],
    [
      "graceful stop a second below the deadline",
      { ...baseline, gunicorn: { gracefulTimeoutSeconds: 24 } },
      "portico:gunicorn.gracefulTimeoutSeconds: got 24",
    ],
    [
      "a renewal when the certificate is made",
      { ...baseline, authority: { leafDays: 90, renewDays: 90 } },
      "portico:authority.renewDays: got 90; allowed: less than authority.leafDays (90)",
    ],
    [
      "graceful stop below the deadline",
      { ...baseline, gunicorn: { gracefulTimeoutSeconds: 10 } },
      "portico:gunicorn.gracefulTimeoutSeconds: got 10",
    ],
    [
      "a redirect of the health check",
      { ...baseline, site: { redirects: { "/healthz": "/" } } },
      'portico:site.redirects: got "/healthz: /"; allowed: paths other than that of app.livePath; remove one of the two',
    ],
    [
      "a redirect to a redirect",
      { ...baseline, site: { redirects: { "/a": "/b?c=d", "/b": "/c" } } },
      'portico:site.redirects: got "/a: /b?c=d"; allowed: targets that lead nowhere else',
    ],
    [
      "a redirect that is no path",
      { ...baseline, site: { redirects: { "/a": "http://example.org/" } } },
      "allowed: a map of absolute paths to other absolute paths or https addresses",
    ],
    [
      "a redirect to a query alone",
      { ...baseline, site: { redirects: { "/a": "?b=c" } } },
      "allowed: a map of absolute paths to other absolute paths or https addresses",
    ],
    [
      "a redirect with Nginx syntax",
      { ...baseline, site: { redirects: { "/a": "/b; } return 200" } } },
      "allowed: a map of absolute paths to other absolute paths or https addresses",
    ],
    [
      "other domains that lead elsewhere where there are none",
      { ...baseline, site: { redirectOtherDomains: true } },
      "portico:site.redirectOtherDomains: got true; allowed: true where site.domains has two names or more",
    ],
    [
      "files of the root without static files",
      { app: { module: "a:b", staticFolder: null, rootFiles: ["robots.txt"] } },
      'portico:app.rootFiles: got ["robots.txt"]; allowed: none where app.staticFolder is null',
    ],
    [
      "a file of the root outside of the static folder",
      { app: { module: "a:b", rootFiles: ["../secret"] } },
      "allowed: a list of names such as robots.txt or .well-known/security.txt",
    ],
    [
      "less room for header fields than for two",
      { ...baseline, nginx: { requestFieldKilobytes: 20 } },
      "portico:nginx.requestHeaderKilobytes: got 32; allowed: at least twice nginx.requestFieldKilobytes (20)",
    ],
    [
      "no workers",
      { ...baseline, gunicorn: { workers: 0 } },
      "portico:gunicorn.workers: got 0; allowed: auto, or a whole number of processes from 1 to 512",
    ],
    [
      "workers by another word",
      { ...baseline, gunicorn: { workers: "many" } },
      "allowed: auto, or a whole number of processes from 1 to 512",
    ],
    [
      "secret in both lists",
      { app: { module: "a:b", secrets: ["key"], generatedSecrets: ["key"] } },
      "portico:app.generatedSecrets",
    ],
    [
      "secret twice in one list",
      { app: { module: "a:b", secrets: ["key", "key"] } },
      'portico:app.secrets: got "key"; allowed: each secret once',
    ],
    [
      "secret with the name of a setting",
      { app: { module: "a:b", secrets: ["local"] } },
      'portico:app.secrets: got "local"; allowed: names that are no settings',
    ],
    [
      "temporary files as large as all memory",
      { app: { module: "a:b", memoryMegabytes: 256, temporaryMegabytes: 256 } },
      "portico:app.temporaryMegabytes: got 256; allowed: less than app.memoryMegabytes (256)",
    ],
    [
      "no room for temporary files",
      { app: { module: "a:b", temporaryMegabytes: 0 } },
      "portico:app.temporaryMegabytes: got 0; allowed: null, or a whole number of MiB from 1 to 1048576",
    ],
    [
      "no room for two slots on a machine",
      { app: { module: "a:b", memoryMegabytes: 641 } },
      "portico:local.web.memoryMegabytes: got 1536; allowed: at least 1538: 256 for the system and twice app.memoryMegabytes (641), since two slots run during a release; raise it, or lower app.memoryMegabytes",
    ],
    ["everything as a stream", { app: { module: "a:b", streamPaths: ["/"] } }, "portico:app.streamPaths"],
    [
      "more requests of a client than connections",
      { ...baseline, nginx: { rateLimits: { connectionsPerClient: 30 } } },
      "portico:nginx.rateLimits.requestsPerClient: got 40; allowed: at most nginx.rateLimits.connectionsPerClient (30)",
    ],
    [
      "more streams of a client than connections",
      { ...baseline, nginx: { rateLimits: { streamsPerClient: 101 } } },
      "portico:nginx.rateLimits.streamsPerClient: got 101",
    ],
    [
      "streams with sync workers",
      { app: { module: "a:b", streamPaths: ["/events"] }, gunicorn: { workerClass: "sync" } },
      'portico:app.streamPaths: got ["/events"]; allowed: none with gunicorn.workerClass sync',
    ],
    [
      "streams for all threads",
      { app: { module: "a:b", streamPaths: ["/events"] }, gunicorn: { workers: 3 }, nginx: { streamsPerHost: 12 } },
      "portico:nginx.streamsPerHost: got 12; allowed: less than the threads of a host (12",
    ],
    [
      "the whole internet as a proxy",
      { ...baseline, site: { trustedProxies: ["0.0.0.0/0"] } },
      'portico:site.trustedProxies.0: got "0.0.0.0/0"; allowed: a list of addresses, or networks such as 10.0.0.0/8',
    ],
    [
      "an exempt network that is none",
      { ...baseline, nginx: { rateLimits: { exempt: ["10.0.0.0/33"] } } },
      "portico:nginx.rateLimits.exempt.0",
    ],
    [
      "a policy for what is no path",
      { ...baseline, nginx: { headers: { byPath: [{ path: "docs", contentSecurityPolicy: "default-src 'self'" }] } } },
      "portico:nginx.headers.byPath.0.path",
    ],
    ["public range", { ...baseline, local: { addressRange: "8.8.8.0/24" } }, "allowed: a private range"],
    [
      "range that is too small",
      { ...baseline, local: { addressRange: "10.1.1.0/28", webMachines: 5 } },
      "allowed: a range with room for 5 application machines",
    ],
    [
      "range that does not start at its network",
      { ...baseline, local: { addressRange: "10.1.1.5/24" } },
      "allowed: the first address of the range, 10.1.1.0/24",
    ],
  ])("refuses %s", (_name, given, expected) => {
    expect(faultsOf(given)).toContain(expected);
  });

  it("accepts what the relations allow", () => {
    const settings: Settings = parseSettings({ ...baseline, balancer: { idleTimeoutSeconds: 70, drainSeconds: 31 } });
    expect(settings.balancer.drainSeconds).toBe(31);
  });

  it("warns of streams that hold threads, with the number that fits, until that number is decided", () => {
    const warnings = (changes: Record<string, unknown>) =>
      settingsWarnings(parseSettings({ app: { module: "a:b", streamPaths: ["/events"] }, ...changes }));
    expect(warnings({})).toEqual([
      expect.stringMatching(
        /^portico:app\.streamPaths with gunicorn\.workerClass gthread: .*\(2 x CPUs \+ 1\) x 4 threads of a host, so 6 fit on one/,
      ),
    ]);
    expect(warnings({ gunicorn: { workers: 5, threads: 8 } })).toEqual([
      expect.stringMatching(/one of 5 x 8 threads of a host, so 20 fit on one/),
    ]);
    expect(warnings({ nginx: { streamsPerHost: 6 } })).toEqual([]);
    expect(warnings({ gunicorn: { workerClass: "asgi" } })).toEqual([]);
    expect(warnings({ app: { module: "a:b" }, gunicorn: { workerClass: "sync" } })).toEqual([]);
  });

  it("warns of platforms that nobody tried, each once", () => {
    const machine = (name: string, address: string, platform: string, roles = ["web"]) => ({
      ...{ name, address, platform, roles, user: "admin" },
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEu1hN7Qb3nZ1mJ1f5Jz2p0cEo4m3tq1h1b2c3d4e5f6",
    });
    const warnings = (...platforms: string[]) =>
      settingsWarnings(
        parseSettings({
          app: { module: "a:b" },
          target: "hosts",
          site: { domains: ["shop.example.org"] },
          hosts: {
            machines: [
              machine("edge", "10.0.0.9", "debian-13", ["balancer"]),
              ...platforms.map((platform, index) => machine(`web-${index}`, `10.0.0.1${index}`, platform)),
            ],
          },
        }),
      );
    expect(warnings("debian-12", "debian-13")).toEqual([]);
    expect(warnings("ubuntu-24.04", "debian-12", "ubuntu-24.04", "ubuntu-22.04")).toEqual([
      expect.stringMatching(
        /^portico:hosts\.machines\[\]\.platform: ubuntu-24\.04 was never tried: .*debian-13, debian-12/,
      ),
      expect.stringMatching(/ubuntu-22\.04 was never tried/),
    ]);
  });

  it("shortens a long value in the message", () => {
    const message = faultsOf({ ...baseline, target: "x".repeat(500) });
    expect(message.split("\n")[1]!.length).toBeLessThan(300);
  });
});
