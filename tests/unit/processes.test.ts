import { platformIds } from "../../lib/hosts/platforms";
import { planContents } from "../../lib/hosts/contents";
import { platforms } from "../../lib/hosts/platforms";
import type { HostPlan, Role } from "../../lib/hosts/plan";
import { parseSettings } from "../../lib/settings";
import { leaseSeconds } from "../../lib/rollout/batches";
import { baselinePlan, baselineSettings, contentOf, directives } from "../support/baseline";
import { bundleDescription } from "../support/bundleDescription";
import { temporaryFolders } from "../support/temporaryFolder";
import { units, web } from "../support/webHost";

const newFolder = temporaryFolders();
const worker = { command: ["celery", "-A", "shop", "worker"], memoryMegabytes: 64 };
const beat = { command: ["celery", "-A", "shop", "beat"], memoryMegabytes: 64, hosts: "first" };
const running = (processes: Record<string, unknown>, app = {}) => ({ app: { processes, ...app } });

describe("the unit of a process", () => {
  const blue = `${units}/portico-process-worker-blue@.service`;
  const lines = (process: object = {}, app = {}, id: (typeof platformIds)[number] = "debian-13") =>
    web(running({ worker: { ...worker, ...process } }, app), baselinePlan(id)).lines(blue);

  it("is there for both slots, and not at all where there is no process", () => {
    const found = (settings: object) => web({ ...settings }).paths.filter((path) => path.includes("portico-process-"));
    expect(found({})).toEqual([]);
    expect(found(running({ worker }))).toEqual(
      ["blue", "green"].flatMap((slot) => [
        `${units}/portico-process-worker-${slot}@.service`,
        `${units}/portico-process-worker-${slot}@.service.d/50-network-outbound.conf`,
      ]),
    );
  });

  it("has every line of the slot's but those that make a service of it", () => {
    // Of its memory a process has the slot's own share here.
    const processes = { worker: { ...worker, memoryMegabytes: 128 } };
    const { lines: of } = web({ app: { memoryMegabytes: 128, processes } });
    const slot = of(`${units}/portico-app@.service`).filter((line) => line.includes("="));
    const own = slot.filter((line) => !of(blue).includes(line.replaceAll("%i", "%j")));
    expect(own.map((line) => line.split("=")[0])).toEqual([
      "Description",
      "Documentation",
      "Type",
      "NotifyAccess",
      "Sockets",
      "ExecStart",
      "TimeoutStartSec",
      "TimeoutStopSec",
    ]);
    expect(slot.length - own.length).toBeGreaterThan(45);
    expect(of(blue).join("\n")).not.toMatch(/Sockets=|gunicorn|notify|slots\/%i/);
  });

  it("has what settings let the slot do, and a network of its own where it says so", () => {
    const dropIns = (process: object, app: object) =>
      web(running({ worker: { ...worker, ...process } }, app))
        .paths.filter((path) => path.startsWith(`${blue}.d/`))
        .map((path) => path.slice(blue.length + 3));
    const free = { allowWritableExecutableMemory: true, allowSystemStatistics: true };
    expect(dropIns({}, { network: "none" })).toEqual(["50-network-none.conf"]);
    expect(dropIns({ network: "outbound" }, { network: "none", ...free })).toEqual([
      "50-network-outbound.conf",
      "50-system-statistics.conf",
      "50-writable-executable-memory.conf",
    ]);
  });

  it("runs its command with the release's programs first, word for word", () => {
    expect(lines({ command: ["sh", "-c", 'exec "$0" 50%'] })).toEqual(
      expect.arrayContaining([
        'ExecStart=/usr/bin/env -- "sh" "-c" "exec \\"$$0\\" 50%%"',
        "Environment=PATH=/opt/portico/slots/%j/release/venv/bin:/usr/local/bin:/usr/bin:/bin",
        "Environment=PORTICO_PROCESS=worker PORTICO_INSTANCE=%i",
        "EnvironmentFile=/opt/portico/slots/%j/environment",
        "LoadCredential=app:/opt/portico/slots/%j/credentials",
      ]),
    );
  });

  it("has its own limit of memory, of which a quarter may be /tmp, and its own time to end", () => {
    expect(lines({ memoryMegabytes: 100, stopSeconds: 300 }, { temporaryMegabytes: 200 })).toEqual(
      expect.arrayContaining([
        "MemoryMax=100M",
        "MemoryHigh=90M",
        "TemporaryFileSystem=/tmp:size=25M,nr_inodes=65536,mode=1777,nosuid,nodev,noexec",
        "TimeoutStopSec=300",
      ]),
    );
  });

  it("waits longer before each further start where systemd can do that", () => {
    const restarts = (id: (typeof platformIds)[number]) => lines({}, {}, id).filter((line) => /^Restart/.test(line));
    expect(restarts("debian-13")).toEqual([
      "Restart=always",
      "RestartSec=1",
      "RestartSteps=6",
      "RestartMaxDelaySec=60",
    ]);
    expect(restarts("debian-12")).toEqual(["Restart=always", "RestartSec=5"]);
    expect(restarts("ubuntu-24.04")).toContain("RestartSteps=6");
  });

  it("is part of the revision, so that a change of it starts a new slot", () => {
    const { files } = web(running({ worker }));
    const own = files.filter(({ path }) => path.includes("portico-process-"));
    expect(new Set(own.map(({ effect }) => effect))).toEqual(new Set(["appUnit"]));
  });
});

describe("which hosts run a process", () => {
  const host = (name: string, ...roles: Role[]): HostPlan => ({
    name,
    address: "10.31.64.11",
    roles,
    platform: platforms["debian-13"],
    architecture: "x86_64",
  });
  const site = {
    siteNames: ["portico.internal"],
    balancerAddresses: ["10.31.64.10"],
    hosts: [host("web-1", "web"), host("web-2", "web"), host("web-3", "web"), host("balancer", "balancer")],
  };
  const planned = async (processes: Record<string, unknown>, leftOut: string[] = []) => {
    const contents = await planContents(baselineSettings(running(processes)), site, newFolder(), leftOut);
    return Object.fromEntries(
      contents.map(({ name, hosts, bundle, files, drainSeconds }) => [
        name,
        {
          hosts: hosts.join(),
          processes: (bundleDescription(bundle.path).app?.processes ?? []).map((each) => each.name).join(),
          units: files.filter(({ path }) => /portico-process-\S+-blue@\.service$/.test(path)).length,
          drainSeconds,
        },
      ]),
    );
  };
  const none = { hosts: "balancer", processes: "", units: 0, drainSeconds: 0 };

  it("is all of them, which go on having the same contents", async () => {
    expect(await planned({ worker })).toEqual({
      web: { hosts: "web-1,web-2,web-3", processes: "worker", units: 1, drainSeconds: 110 },
      balancer: none,
    });
  });

  it("is the first, or some, which have contents of their own", async () => {
    expect(await planned({ worker, beat, mail: { ...worker, hosts: 2, memoryMegabytes: 32 } })).toEqual({
      "web-with-beat-mail": { hosts: "web-1", processes: "beat,mail,worker", units: 3, drainSeconds: 175 },
      "web-with-mail": { hosts: "web-2", processes: "mail,worker", units: 2, drainSeconds: 110 },
      web: { hosts: "web-3", processes: "worker", units: 1, drainSeconds: 110 },
      balancer: none,
    });
  });

  it("is the next one in an update without the first", async () => {
    const found = await planned({ beat }, ["web-1"]);
    expect(found["web-with-beat"]).toMatchObject({ hosts: "web-2", processes: "beat" });
    expect(found.web).toMatchObject({ hosts: "web-1,web-3", processes: "" });
  });

  it("says of one that runs once in the fleet that it is alone", async () => {
    const alone = async (process: object) => {
      const contents = await planContents(
        baselineSettings(running({ it: { ...worker, ...process } })),
        site,
        newFolder(),
      );
      return contents
        .flatMap(({ bundle }) => bundleDescription(bundle.path).app?.processes ?? [])
        .map((each) => each.alone)[0];
    };
    expect(await alone({ hosts: "first" })).toBe(true);
    expect(await alone({ hosts: 1 })).toBe(true);
    expect(await alone({ hosts: "first", instances: 2 })).toBe(false);
    expect(await alone({ hosts: 2 })).toBe(false);
    expect(await alone({})).toBe(false);
  });

  it("lengthens the lease by the time that they may take", async () => {
    const settings = baselineSettings(running({ worker }));
    const contents = await planContents(settings, site, newFolder());
    const without = await planContents(baselineSettings(), site, newFolder());
    expect(leaseSeconds(settings, contents, 2) - leaseSeconds(settings, without, 2)).toBe(2 * (60 + 5));
  });
});

describe("what is refused", () => {
  const refused = (processes: unknown, more = {}) =>
    expect(() => parseSettings({ app: { module: "a:b", processes, ...more } }));
  const form =
    "a map of names (small letters, digits and single hyphens, a letter first, at most 32) to groups with a command";

  it("is a process without a command, or with none that can be started", () => {
    refused({ worker: {} }).toThrow("app.processes.worker.command: got nothing");
    refused({ worker: { command: [] } }).toThrow("app.processes.worker.command: got []; allowed: at least the program");
    refused({ worker: { command: ["A=b", "c"] } }).toThrow("allowed: a program first, without = in its name");
    refused({ worker: { command: ["a\nb"] } }).toThrow("allowed: a list of words without line breaks");
  });

  it("is a name that no unit could have", () => {
    for (const name of ["Worker", "a_b", "-a", "a--b", "1a", "a@b", "a".repeat(33)])
      refused({ [name]: worker }).toThrow(form);
  });

  it("is a process on no host, none of it, and more time than a switch has", () => {
    refused({ worker: { ...worker, hosts: 0 } }).toThrow("allowed: all, first, or a number of hosts from 1 to 100");
    refused({ worker: { ...worker, instances: 0 } }).toThrow("allowed: a whole number of instances from 1 to 32");
    refused({ worker: { ...worker, stopSeconds: 301 } }).toThrow("allowed: a whole number of seconds from 1 to 300");
    refused({ worker: { ...worker, stopSeconds: 300 }, beat: { ...beat, stopSeconds: 300 } }).toThrow(
      "portico:app.processes: got 610; allowed: at most 410 s for the longest stopSeconds and steadySeconds",
    );
  });

  it("is a machine without the memory for both releases of them", () => {
    const local = (memoryMegabytes: number) => () =>
      parseSettings({
        app: { module: "a:b", processes: { worker: { ...worker, instances: 3 }, beat } },
        local: { web: { memoryMegabytes } },
      });
    // 256 + 2 x 512 + 2 x 3 x 64 + 64: the old one of what runs alone is gone when the new one starts.
    expect(local(1728)).not.toThrow();
    expect(local(1727)).toThrow("twice app.memoryMegabytes (512), and 448 for app.processes and app.schedules");
  });
});

it("a stack without processes has the slot's unit as before", () => {
  const { files } = web();
  expect(directives(contentOf(files, `${units}/portico-app@.service`))).toContain("Sockets=portico-probe@%i.socket");
});
