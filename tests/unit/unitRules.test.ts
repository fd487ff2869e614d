import { balancerFiles } from "../../lib/hostFiles/balancer";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import { webFiles } from "../../lib/hostFiles/webHost";
import { baselinePlan, baselineSettings } from "../support/baseline";

const settings = baselineSettings({
  app: {
    migration: { command: ["flask", "db", "upgrade"] },
    processes: { worker: { command: ["celery", "worker"], memoryMegabytes: 64 } },
    schedules: { nightly: { command: ["true"], calendar: "daily", memoryMegabytes: 64 } },
  },
});
const site = { domains: ["shop.example"], certificate: "acme" };
const ordering = baselineSettings({ site });
const files = [...webFiles(settings, baselinePlan("debian-13")), ...balancerFiles(ordering, baselinePlan("debian-13"))];
const units = "/etc/systemd/system/";

/** Values of a unit as systemd takes them: by section, then by key, each in its order. An empty one takes back what was before. */
type Unit = Record<string, Record<string, string[]>>;

function readUnit(texts: readonly string[]): Unit {
  const unit: Unit = {};
  let section: Record<string, string[]> = {};
  for (const line of texts
    .join("\n")
    .split("\n")
    .map((each) => each.trim())) {
    const name = /^\[(\w+)\]$/.exec(line)?.[1];
    if (name !== undefined) section = unit[name] ??= {};
    else if (/^\w+=/.test(line)) {
      const [key, value] = [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)];
      section[key] = value === "" ? [] : [...(section[key] ?? []), value];
    }
  }
  return unit;
}

/** A unit with the drop-ins that count for it, which for an instance are those of its template as well. */
function unitOf(name: string, of: readonly HostFile[] = files): Unit {
  const template = name.replace(/@\w+\./, "@.");
  const parts = of.filter(
    ({ path }) =>
      path === `${units}${template}` ||
      path.startsWith(`${units}${template}.d/`) ||
      path.startsWith(`${units}${name}.d/`),
  );
  return readUnit([...new Set(parts.map(({ content }) => content))]);
}

const value = (unit: Unit, section: string, key: string): string | undefined => unit[section]?.[key]?.at(-1);
const names = [
  ...new Set(
    files
      .filter(({ path }) => path.startsWith(units) && !path.slice(units.length).includes("/"))
      .map(({ path }) => path.slice(units.length)),
  ),
];
const services = names.filter((name) => name.endsWith(".service"));
const sockets = names.filter((name) => name.endsWith(".socket"));

it("knows the units of a stack", () => {
  expect(services.sort()).toEqual([
    "portico-app@.service",
    "portico-certbot.service",
    "portico-certify.service",
    "portico-firewall.service",
    "portico-lease.service",
    "portico-nginx.service",
    "portico-process-worker-blue@.service",
    "portico-process-worker-green@.service",
    "portico-schedule-nightly.service",
    "portico-unreached.service",
    "portico-watch.service",
  ]);
  expect(sockets.sort()).toEqual(["portico-app.socket", "portico-probe@.socket"]);
});

describe.each(services)("%s", (name) => {
  const unit = unitOf(name);

  it("never gives up: a fault waits for its repair, however often a start fails", () => {
    expect(value(unit, "Unit", "StartLimitIntervalSec")).toBe("0");
  });

  it("has the limit of starts where systemd looks for it", () => {
    expect(unit["Service"]).not.toHaveProperty("StartLimitIntervalSec");
  });

  it("comes back whatever ended it, unless it runs once", () => {
    const once = value(unit, "Service", "Type") === "oneshot";
    expect(value(unit, "Service", "Restart")).toBe(once ? undefined : "always");
  });

  it("is ended by a signal to its main process alone where that has others, which finish their work, within a limit", () => {
    if (["portico-watch.service", "portico-firewall.service"].includes(name)) return;
    expect(value(unit, "Service", "KillMode")).toBe("mixed");
    expect(Number(value(unit, "Service", "TimeoutStopSec"))).toBeGreaterThan(0);
  });

  it("starts within a limit where it runs once", () => {
    if (value(unit, "Service", "Type") !== "oneshot") return;
    expect(Number(value(unit, "Service", "TimeoutStartSec"))).toBeGreaterThan(0);
  });

  it("sees a system that it cannot write to", () => {
    expect(value(unit, "Service", "ProtectSystem")).toBe("strict");
  });
});

describe.each(sockets)("%s", (name) => {
  it("never gives up, and no slot with it, over a service that ends at once", () => {
    expect(value(unitOf(name), "Socket", "TriggerLimitIntervalSec")).toBe("0");
  });
});

describe("who may connect", () => {
  it("to the application is Nginx, and to one slot alone root", () => {
    const doors = (name: string) =>
      ["SocketUser", "SocketGroup", "SocketMode"].map((key) => value(unitOf(name), "Socket", key));
    expect(doors("portico-app.socket")).toEqual(["www-data", "www-data", "0660"]);
    expect(doors("portico-probe@.socket")).toEqual(["root", "root", "0600"]);
  });
});

describe("how they end", () => {
  const seconds = (unit: Unit) => Number(value(unit, "Service", "TimeoutStopSec"));

  it("Nginx lets requests finish, and is killed only after its own limit", () => {
    const unit = unitOf("portico-nginx.service");
    expect(value(unit, "Service", "KillSignal")).toBe("SIGQUIT");
    for (const shutdown of [20, 37, 300]) {
      const of = webFiles(
        baselineSettings({ nginx: { workerShutdownTimeoutSeconds: shutdown } }),
        baselinePlan("debian-13"),
      );
      expect(seconds(unitOf("portico-nginx.service", of))).toBeGreaterThan(shutdown);
    }
  });

  it("the application lets requests finish for as long as it promises, and is killed only after that", () => {
    const of = webFiles(baselineSettings({ gunicorn: { gracefulTimeoutSeconds: 41 } }), baselinePlan("debian-13"));
    expect(seconds(unitOf("portico-app@blue.service", of))).toBeGreaterThan(41);
  });

  it("one process that the kernel ends for want of memory stops neither Nginx nor the application", () => {
    for (const name of ["portico-nginx.service", "portico-app@.service"])
      expect(value(unitOf(name), "Service", "OOMPolicy")).toBe("continue");
  });

  it("what has keys or secrets in memory leaves nothing of it behind when it crashes", () => {
    for (const name of ["portico-nginx.service", "portico-app@.service"])
      expect(["LimitCORE", "CoredumpFilter"].map((key) => value(unitOf(name), "Service", key))).toEqual(["0", "0x0"]);
    for (const name of ["portico-lease.service", "portico-certify.service"])
      expect(value(unitOf(name), "Service", "LimitCORE")).toBe("0");
  });

  it("a rehearsal ends before what serves when memory is short", () => {
    expect(Number(value(unitOf("portico-app@rehearsal.service"), "Service", "OOMScoreAdjust"))).toBeGreaterThan(
      Number(value(unitOf("portico-app@blue.service"), "Service", "OOMScoreAdjust") ?? 0),
    );
  });

  it("a migration runs once, whatever becomes of it", () => {
    const unit = unitOf("portico-app@migration.service");
    expect(["Type", "Restart"].map((key) => value(unit, "Service", key))).toEqual(["oneshot", "no"]);
  });
});

describe("Nginx", () => {
  const unit = unitOf("portico-nginx.service");

  it("checks its files before each start and each reload, with the very words that it is started with", () => {
    const [start, before, reload = []] = ["ExecStart", "ExecStartPre", "ExecReload"].map(
      (key) => unit["Service"]![key],
    );
    const judgement = start![0]!.replace("/usr/sbin/nginx", "/usr/sbin/nginx -t -q");
    expect(before).toEqual([judgement]);
    expect(reload).toEqual([judgement, start![0]!.replace("/usr/sbin/nginx", "/usr/sbin/nginx -s reload")]);
  });

  it("can be taken over by another one, which systemd finds by its file", () => {
    const start = unit["Service"]!["ExecStart"]![0]!;
    expect(start).not.toContain("daemon off");
    expect(value(unit, "Service", "Type")).toBe("forking");
    expect(start).toContain(`pid ${value(unit, "Service", "PIDFile")};`);
  });

  it.each([1024, 4096, 65535])(
    "has descriptors for two sockets and two files of each of %d connections",
    (workerConnections) => {
      const of = webFiles(baselineSettings({ nginx: { workerConnections } }), baselinePlan("debian-13"));
      const wanted = Number(
        /^worker_rlimit_nofile (\d+);$/m.exec(
          of.find(({ path }) => path === "/etc/portico/nginx/nginx.conf")!.content,
        )![1],
      );
      expect(wanted).toBeGreaterThanOrEqual(4 * workerConnections);
      expect(Number(value(unitOf("portico-nginx.service", of), "Service", "LimitNOFILE"))).toBeGreaterThanOrEqual(
        wanted,
      );
    },
  );
});

describe("the network", () => {
  const denied = (network: string) =>
    value(
      unitOf("portico-app@blue.service", webFiles(baselineSettings({ app: { network } }), baselinePlan("debian-13"))),
      "Service",
      "IPAddressDeny",
    );

  it("of an application never leads to the credentials of its machine", () => {
    expect(denied("none")).toBe("any");
    for (const address of ["169.254.169.254/32", "fd00:ec2::254/128"])
      expect(denied("outbound")?.split(" ")).toContain(address);
  });
});

describe("the clock of leases", () => {
  it("goes by the calendar, so that it goes on after a boot and after a run that was skipped, and starts at boot", () => {
    const unit = unitOf("portico-lease.timer");
    expect(unit["Timer"]!["OnCalendar"]).toEqual(["*:*:0/10"]);
    expect(Object.keys(unit["Timer"]!).filter((key) => /^On(Active|Boot|Startup|Unit)/.test(key))).toEqual([]);
    expect(value(unit, "Install", "WantedBy")).toBe("timers.target");
  });
});
