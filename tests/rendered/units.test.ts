import type { Telemetry } from "../../lib/targets/aws/monitoring/telemetry";
import { balancerFiles } from "../../lib/hostFiles/balancer";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import { platformIds, type PlatformId } from "../../lib/hosts/platforms";
import { combinedHostFiles } from "../../lib/hostFiles/combinedHost";
import { webFiles } from "../../lib/hostFiles/webHost";
import { baselinePlan, baselineSettings } from "../support/baseline";
import { describeOn } from "../support/systems";
import { TestHost } from "../support/testHost";

const units = "/etc/systemd/system";
const slot = "/opt/portico/slots/blue/release";

/** What a release and the first activation bring, as far as systemd looks at it. */
const release: HostFile[] = [
  {
    path: "/usr/local/sbin/portico-host",
    content: "#!/bin/sh\n",
    mode: "0755",
    owner: "root",
    group: "root",
    effect: "none",
  },
  {
    path: `${slot}/venv/bin/python`,
    content: "#!/bin/sh\n",
    mode: "0755",
    owner: "root",
    group: "root",
    effect: "none",
  },
  { path: `${slot}/app/README`, content: "", mode: "0644", owner: "root", group: "root", effect: "none" },
];

function web(id: PlatformId, overrides: Record<string, unknown> = {}, telemetry?: Telemetry) {
  return [...webFiles(baselineSettings(overrides), { ...baselinePlan(id), telemetry }), ...release];
}

/** First there is no log, then the one of Nginx alone, as a host has it that had sent nothing. */
const accessLogTwice = `
apply() { systemd-tmpfiles --create /etc/tmpfiles.d/portico-observe.conf; stat -c "%a %U %G" /var/log/portico/access.log; }
apply
chmod 0600 /var/log/portico/access.log
chown www-data:www-data /var/log/portico/access.log
apply`;

const processes = { worker: { command: ["celery", "50% of $HOME"], memoryMegabytes: 64 } };

const schedules = { nightly: { ...processes.worker, calendar: "Mon *-*-* 04:30:00 UTC" } };

const observed = {
  region: "eu-central-1",
  namespace: "Portico",
  logGroup: "/portico/portico-prod",
  stack: "portico-prod",
};

async function onHost<T>(base: string, files: readonly HostFile[], use: (host: TestHost) => Promise<T>): Promise<T> {
  const host = await TestHost.lay(base, files);
  try {
    return await use(host);
  } finally {
    await host.stop();
  }
}

/** A balancer that orders its certificate. */
function ordering(id: PlatformId) {
  const site = { certificate: "acme", acme: { directory: "https://ca.test/directory" } };
  return balancerFiles(baselineSettings({ site }), baselinePlan(id));
}

/** Limits of exposure, times ten: what the units had when they were measured at work. */
const exposures: [string, string, (id: PlatformId) => HostFile[], number][] = [
  ["Nginx of a host", "portico-nginx.service", (id) => web(id), 11],
  ["Nginx of a balancer", "portico-nginx.service", (id) => balancerFiles(baselineSettings(), baselinePlan(id)), 14],
  [
    "Nginx of a host that is both",
    "portico-nginx.service",
    (id) => combinedHostFiles(baselineSettings(), baselinePlan(id)),
    14,
  ],
  ["an application that reaches the network", "portico-app@blue.service", (id) => web(id), 12],
  ["an application without network", "portico-app@blue.service", (id) => web(id, { app: { network: "none" } }), 4],
  [
    "an application that compiles and reads the machine's figures",
    "portico-app@blue.service",
    (id) => web(id, { app: { allowWritableExecutableMemory: true, allowSystemStatistics: true } }),
    13,
  ],
  [
    "a process that reaches the network",
    "portico-process-worker-blue@1.service",
    (id) => web(id, { app: { processes } }),
    12,
  ],
  [
    "a process without network",
    "portico-process-worker-green@1.service",
    (id) => web(id, { app: { processes: { worker: { ...processes.worker, network: "none" } } } }),
    4,
  ],
  ["a schedule", "portico-schedule-nightly.service", (id) => web(id, { app: { schedules } }), 12],
  [
    "the health check of a balancer",
    "portico-watch.service",
    (id) => balancerFiles(baselineSettings(), baselinePlan(id)),
    14,
  ],
  [
    "what ends connections of a balancer",
    "portico-unreached.service",
    (id) => balancerFiles(baselineSettings(), baselinePlan(id)),
    11,
  ],
  ["what loads the firewall", "portico-firewall.service", (id) => web(id), 14],
  ["what orders a certificate", "portico-certbot.service", ordering, 11],
  ["what has a certificate ordered and shown", "portico-certify.service", ordering, 20],
  ["what takes a switch back", "portico-lease.service", (id) => web(id), 21],
  ["what sends measures and logs", "portico-observe.service", (id) => web(id, {}, observed), 11],
];

describe.each(platformIds)("%s", (id) => {
  describeOn(id, "systemd", (base) => {
    test("finds nothing to say about the units of a host", async () => {
      const names = [
        "portico-app@blue.service",
        "portico-app@green.service",
        "portico-app@rehearsal.service",
        "portico-app@migration.service",
        "portico-process-worker-blue@1.service",
        "portico-process-worker-green@2.service",
        "portico-schedule-nightly.service",
        "portico-schedule-nightly.timer",
        "portico-app.socket",
        "portico-probe@blue.socket",
        "portico-nginx.service",
        "portico-firewall.service",
        "portico-lease.service",
        "portico-lease.timer",
        "portico-logrotate.timer",
      ];
      const others = ["green", "rehearsal", "migration"]
        .map((name) => release.map((file) => ({ ...file, path: file.path.replace("blue", name) })))
        .flat();
      const answer = await onHost(
        base(),
        [
          ...web(id, {
            app: { data: ["uploads"], migration: { command: ["flask", "50% of $HOME"] }, processes, schedules },
          }),
          ...others,
        ],
        (host) => host.run(["systemd-analyze", "verify", "--man=no", ...names]),
      );
      expect(complaints(answer.stderr)).toEqual([]);
      expect(answer.status).toBe(0);
    });

    test("finds nothing to say about the units of a balancer", async () => {
      const files = [...balancerFiles(baselineSettings(), baselinePlan(id)), ...release];
      const answer = await onHost(base(), files, (host) =>
        host.run([
          "systemd-analyze",
          "verify",
          "--man=no",
          "portico-nginx.service",
          "portico-watch.service",
          "portico-unreached.path",
          "portico-unreached.service",
          "portico-lease.service",
          "portico-lease.timer",
          "portico-logrotate.timer",
        ]),
      );
      expect(complaints(answer.stderr)).toEqual([]);
      expect(answer.status).toBe(0);
    });

    test("finds nothing to say about the units of a balancer that orders its certificate", async () => {
      const names = ["portico-certbot.service", "portico-certify.service", "portico-certify.timer"];
      const certbot = { path: "/usr/bin/certbot", content: "#!/bin/sh\n", mode: "0755", owner: "root", group: "root" };
      const files = [...ordering(id), ...release, { ...certbot, effect: "none" as const }];
      const answer = await onHost(base(), files, (host) =>
        host.run(["systemd-analyze", "verify", "--man=no", ...names]),
      );
      expect(complaints(answer.stderr)).toEqual([]);
      expect(answer.status).toBe(0);
    });

    test("finds nothing to say about the units of a host that sends measures and logs", async () => {
      const names = ["portico-observe.service", "portico-observe.timer"];
      const answer = await onHost(base(), web(id, {}, observed), (host) =>
        host.run(["systemd-analyze", "verify", "--man=no", ...names]),
      );
      expect(complaints(answer.stderr)).toEqual([]);
      expect(answer.status).toBe(0);
    });

    test("makes the access log for its readers, whatever Nginx made before", async () => {
      const answer = await onHost(base(), web(id, {}, observed), (host) => host.run(["sh", "-euc", accessLogTwice]));
      expect(answer).toMatchObject({ status: 0, stdout: "640 www-data adm\n640 www-data adm\n" });
    });

    test("says so when a unit holds what it does not know", async () => {
      const damaged = web(id).map((file) =>
        file.path.endsWith("portico-app@.service")
          ? { ...file, content: file.content.replace("MemoryMax=", "MemoryMaximum=") }
          : file,
      );
      const answer = await onHost(base(), damaged, (host) =>
        host.run(["systemd-analyze", "verify", "--man=no", "portico-app@blue.service"]),
      );
      expect(complaints(answer.stderr)).toEqual([expect.stringContaining("MemoryMaximum")]);
    });

    test.each(exposures)(
      "the exposure of %s (%s) is within its limit, and the limit is no wider than needed",
      async (_, unit, files, limit) => {
        await onHost(base(), files(id), async (host) => {
          const check = (threshold: number) =>
            host.run([
              "systemd-analyze",
              "security",
              "--no-pager",
              "--offline=true",
              `--threshold=${threshold}`,
              `${units}/${unit}`,
            ]);
          // A template instance has no file of its own: the instance of the check is made of the template.
          if (unit.includes("@")) await host.run(["cp", `${units}/${unit.replace(/@\w+/, "@")}`, `${units}/${unit}`]);
          const answer = await check(limit);
          expect({ status: answer.status, verdict: /exposure level.*/.exec(answer.stdout)?.[0] }).toMatchObject({
            status: 0,
          });
          expect((await check(Math.min(limit - 1, Math.floor(limit * 0.85)))).status).not.toBe(0);
        });
      },
    );
  });
});

/** Without what systemd says about the units of the system itself. */
function complaints(text: string): string[] {
  return text.split("\n").filter((line) => line.includes("portico"));
}
