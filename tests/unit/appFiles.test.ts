import { appFiles } from "../../lib/hostFiles/app/files";
import { baselineSettings, contentOf, directives } from "../support/baseline";

const units = "/etc/systemd/system";
const slotUnit = `${units}/portico-app@.service`;
const networkFolder = `${units}/portico-app@.service.d`;

function app(overrides: Record<string, unknown> = {}) {
  const files = appFiles(baselineSettings(overrides));
  return {
    paths: files.map(({ path }) => path),
    lines: (path: string) => directives(contentOf(files, path)),
    content: (path: string) => contentOf(files, path),
  };
}

/** What a service may do without being asked for its reasons, and what it must have. */
const safeList = [
  "NoNewPrivileges=yes",
  "CapabilityBoundingSet=",
  "AmbientCapabilities=",
  "ProtectSystem=strict",
  "ProtectHome=yes",
  "ReadOnlyPaths=/run",
  "PrivateDevices=yes",
  "DevicePolicy=closed",
  "PrivateUsers=yes",
  "PrivateIPC=yes",
  "PrivateMounts=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "ProtectProc=invisible",
  "ProcSubset=pid",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
  "MemoryDenyWriteExecute=yes",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged @resources @aio process_vm_readv process_vm_writev",
  "SystemCallErrorNumber=EPERM",
  "UMask=0077",
  "RemoveIPC=yes",
  "KeyringMode=private",
];

test("the slot has the whole safe list and nothing that is known to break it", () => {
  const lines = app().lines(slotUnit);
  expect(lines).toEqual(expect.arrayContaining(safeList));
  for (const trap of [
    /^WatchdogSec/,
    /^PrivatePIDs/,
    /^PrivateTmp/,
    /^SystemCallFilter=.*@ipc/,
    /^ExecReload/,
    /^Type=(?!notify$)/,
  ]) {
    expect(lines.filter((line) => trap.test(line))).toEqual([]);
  }
});

test("times, memory and module are those of the settings", () => {
  const lines = app({
    app: { module: "shop.web:create_app()", startSeconds: 60, memoryMegabytes: 600 },
    gunicorn: { gracefulTimeoutSeconds: 35 },
  }).lines(slotUnit);
  expect(lines).toEqual(
    expect.arrayContaining(["TimeoutStartSec=60", "TimeoutStopSec=45", "MemoryHigh=540M", "MemoryMax=600M"]),
  );
  expect(lines.find((line) => line.startsWith("ExecStart="))).toMatch(
    / -m gunicorn --config \/opt\/portico\/slots\/%i\/gunicorn\.conf\.py shop\.web:create_app\(\)$/,
  );
});

test("a slot may have the processes and threads that the settings ask for", () => {
  const tasks = (gunicorn: Record<string, unknown>) =>
    app({ gunicorn })
      .lines(slotUnit)
      .filter((line) => line.startsWith("TasksMax="));
  expect(tasks({})).toEqual(["TasksMax=1024"]);
  expect(tasks({ threads: 16 })).toEqual(["TasksMax=1300"]);
  expect(tasks({ workers: 100, threads: 32 })).toEqual(["TasksMax=3600"]);
});

test("all that a slot can write is of a limited size, and nothing in it can be run", () => {
  const written = (settings: Record<string, unknown>) =>
    app({ app: settings })
      .lines(slotUnit)
      .filter((line) => line.startsWith("TemporaryFileSystem="))
      .map((line) => /=([^:]+):size=(\w+),/.exec(line)!.slice(1).join(" "));
  expect(written({})).toEqual(["/tmp 128M", "/var/tmp 128M", "/dev/shm 128M", "/run/portico-app 4M"]);
  expect(written({ memoryMegabytes: 640 })).toContain("/tmp 160M");
  expect(written({ memoryMegabytes: 640, temporaryMegabytes: 600 })).toContain("/var/tmp 600M");
  const lines = app().lines(slotUnit);
  for (const line of lines.filter((each) => each.startsWith("TemporaryFileSystem=")))
    expect(line).toMatch(/,mode=1777,nosuid,nodev,noexec$/);
  expect(
    lines.filter((line) => /^(ReadWritePaths|BindPaths|(Runtime|State|Cache|Logs|Configuration)Directory)=/.test(line)),
  ).toEqual([]);
});

test("the machine's figures in /proc are hidden unless the settings say so, other processes always", () => {
  const path = `${networkFolder}/50-system-statistics.conf`;
  expect(app().paths).not.toContain(path);
  expect(app({ app: { allowSystemStatistics: true } }).lines(path)).toEqual(["[Service]", "ProcSubset=all"]);
});

test("a module that would be more than one word is refused", () => {
  const settings = baselineSettings();
  const broken = { ...settings, app: { ...settings.app, module: "a:b --reload" } };
  expect(() => appFiles(broken)).toThrow(/^app\.module: got "a:b --reload"; allowed: .+; .+$/);
});

test("an application without network has none, one with outbound network cannot ask for the machine's credentials", () => {
  const none = app({ app: { network: "none" } });
  expect(none.lines(`${networkFolder}/50-network-none.conf`)).toEqual([
    "[Service]",
    "PrivateNetwork=yes",
    "IPAddressDeny=any",
  ]);
  expect(none.paths).not.toContain(`${networkFolder}/50-network-outbound.conf`);
  const outbound = app();
  expect(outbound.lines(`${networkFolder}/50-network-outbound.conf`)).toEqual([
    "[Service]",
    "RestrictAddressFamilies=AF_INET AF_INET6",
    "IPAddressDeny=169.254.169.254/32 fd00:ec2::254/128",
  ]);
  expect(outbound.paths).not.toContain(`${networkFolder}/50-network-none.conf`);
  expect(outbound.lines(slotUnit)).toContain("RestrictAddressFamilies=AF_UNIX");
});

test("memory that is written and then run is refused unless the settings say so", () => {
  const path = `${networkFolder}/50-writable-executable-memory.conf`;
  expect(app().paths).not.toContain(path);
  expect(app({ app: { allowWritableExecutableMemory: true } }).lines(path)).toEqual([
    "[Service]",
    "MemoryDenyWriteExecute=no",
  ]);
});

test("blue and green share the socket, the rehearsal does not; each slot has a door for root alone", () => {
  const { paths, lines } = app();
  expect(paths.filter((path) => path.endsWith("/50-socket.conf"))).toEqual([
    `${units}/portico-app@blue.service.d/50-socket.conf`,
    `${units}/portico-app@green.service.d/50-socket.conf`,
  ]);
  expect(lines(slotUnit).filter((line) => line.startsWith("Sockets="))).toEqual(["Sockets=portico-probe@%i.socket"]);
  expect(lines(`${units}/portico-app.socket`)).toEqual(
    expect.arrayContaining([
      "ListenStream=/run/portico/app.sock",
      "SocketUser=www-data",
      "SocketMode=0660",
      "Backlog=4096",
    ]),
  );
  expect(lines(`${units}/portico-probe@.socket`)).toEqual(
    expect.arrayContaining([
      "ListenStream=/run/portico/probe-%i.sock",
      "Service=portico-app@%i.service",
      "SocketUser=root",
      "SocketMode=0600",
    ]),
  );
});

test("a rehearsal is the first that the kernel ends when memory runs out; what serves keeps its place", () => {
  const { lines } = app();
  expect(lines(`${units}/portico-app@rehearsal.service.d/50-rehearsal.conf`)).toEqual([
    "[Service]",
    "OOMScoreAdjust=1000",
  ]);
  expect(lines(slotUnit).filter((line) => line.startsWith("OOM"))).toEqual(["OOMPolicy=continue"]);
});

test("with preload a rehearsal shows what the import leaves in the master; without, it runs as any slot", () => {
  const dropIn = `${units}/portico-app@rehearsal.service.d/50-preload.conf`;
  const conf = "/opt/portico/revision/rehearsal.conf.py";
  const on = app({ app: { module: "shop.web:app" } });
  expect(on.lines(dropIn)).toEqual([
    "[Service]",
    "ExecStart=",
    expect.stringMatching(/ -m gunicorn --config \/opt\/portico\/slots\/%i\/rehearsal\.conf\.py shop\.web:app$/),
  ]);
  expect(on.paths).toContain(conf);
  expect(on.content("/opt/portico/revision/gunicorn.conf.py")).toMatch(/^preload_app = True$/m);
  const off = app({ gunicorn: { preload: false } });
  expect(off.paths).not.toContain(dropIn);
  expect(off.paths).not.toContain(conf);
  expect(off.content("/opt/portico/revision/gunicorn.conf.py")).toMatch(/^preload_app = False$/m);
});

describe("a migration", () => {
  const path = `${units}/portico-app@migration.service.d/50-migration.conf`;
  const withCommand = (...command: string[]) => app({ app: { migration: { command, seconds: 120 } } });

  test("has no file when there is none", () => {
    expect(app().paths).not.toContain(path);
  });

  test("runs its words once, with the release's programs first, for its time", () => {
    expect(withCommand("flask", "db", "upgrade", "--note", 'no "50%"').lines(path)).toEqual([
      "[Service]",
      "Type=oneshot",
      "Restart=no",
      "Environment=PATH=/opt/portico/slots/%i/release/venv/bin:/usr/local/bin:/usr/bin:/bin",
      "ExecStart=",
      'ExecStart=/usr/bin/env -- "flask" "db" "upgrade" "--note" "no \\"50%%\\""',
      "TimeoutStartSec=120",
      "TimeoutStopSec=10",
    ]);
  });

  test("starts no slot when it changes: it is a unit that nothing else runs", () => {
    const effects = (overrides: object) =>
      appFiles(baselineSettings({ app: overrides })).map((file) => [file.path, file.effect, file.content]);
    const before = effects({ migration: { command: ["old"] } });
    const changed = effects({ migration: { command: ["new"] } }).filter(
      (file, index) => JSON.stringify(file) !== JSON.stringify(before[index]),
    );
    expect(changed.map(([changedPath, effect]) => [changedPath, effect])).toEqual([[path, "systemd"]]);
  });

  test("whose program would be a variable to env is refused", () => {
    expect(() => withCommand("A=b", "flask")).toThrow(/^app\.migration\.command: got .+; allowed: .+; .+$/);
  });
});

test("the source folder of a project is a variable of all that runs in the release, and none without", () => {
  const environment = (settings: object) => app({ app: settings }).lines("/opt/portico/revision/environment");
  expect(environment({ sourceFolder: "src", environment: { A: "b" } })).toEqual(['A="b"', 'PYTHONPATH="src"']);
  expect(environment({})).toEqual([]);
});

test("plain variables stand in the environment file, encoded", () => {
  const { lines } = app({ app: { environment: { LOG_LEVEL: "info", MOTTO: 'say "no" to $x' } } });
  expect(lines("/opt/portico/revision/environment")).toEqual(['LOG_LEVEL="info"', 'MOTTO="say \\"no\\" to \\$x"']);
});

test("Gunicorn gets the settings, and neither a user, a bind address nor a control socket", () => {
  const { lines } = app({
    app: { streamPaths: [] },
    gunicorn: { workerClass: "sync", workers: 3, threads: 1, timeoutSeconds: 31, backlog: 512, queueMilliseconds: 400 },
  });
  const settings = lines("/opt/portico/revision/gunicorn.conf.py");
  expect(settings).toEqual(
    expect.arrayContaining([
      'worker_class = "sync"',
      'WORKERS = "3"',
      'threads = 1 if worker_class == "gthread" else 1',
      "timeout = 31",
      "backlog = 512",
      "QUEUE_SECONDS = 400 / 1000",
      "keepalive = 0",
      "preload_app = True",
      "control_socket_disable = True",
    ]),
  );
  for (const trap of [
    /^bind =/,
    /^(user|group) =/,
    /^reuse_port =/,
    /^daemon =/,
    /^forwarded_allow_ips =/,
    /^pidfile =/,
  ]) {
    expect(settings.filter((line) => trap.test(line))).toEqual([]);
  }
});
