import { checkCalendars } from "../../lib/hosts/calendars";
import { planContents } from "../../lib/hosts/contents";
import { platforms } from "../../lib/hosts/platforms";
import { parseSettings } from "../../lib/settings";
import { baselineSettings } from "../support/baseline";
import { bundleDescription } from "../support/bundleDescription";
import { temporaryFolders } from "../support/temporaryFolder";
import { units, web } from "../support/webHost";

const newFolder = temporaryFolders();
const nightly = { command: ["python", "manage.py", "clearsessions"], calendar: "*-*-* 03:30:00", memoryMegabytes: 64 };
const scheduled = (schedule: object = {}, app: object = {}) => ({
  app: { schedules: { nightly: { ...nightly, ...schedule } }, ...app },
});
const service = `${units}/portico-schedule-nightly.service`;

describe("the units of a schedule", () => {
  it("are a service and its timer, and there is none without a schedule", () => {
    const found = (settings: object) => web({ ...settings }).paths.filter((path) => path.includes("portico-schedule"));
    expect(found({})).toEqual([]);
    expect(found(scheduled())).toEqual([
      service,
      `${service}.d/50-network-outbound.conf`,
      `${units}/portico-schedule-nightly.timer`,
    ]);
  });

  it("say when it runs, for how long at most, and what", () => {
    const { lines } = web(scheduled({ timeLimitSeconds: 90 }));
    expect(lines(`${units}/portico-schedule-nightly.timer`)).toEqual(
      expect.arrayContaining(["OnCalendar=*-*-* 03:30:00", "Persistent=yes", "WantedBy=timers.target"]),
    );
    expect(lines(service)).toEqual(
      expect.arrayContaining([
        "Type=oneshot",
        "TimeoutStartSec=90",
        `ExecStart=/bin/sh -c 'cd -P . && PATH="$\${PWD%%/app}/venv/bin:$$PATH" && export PATH && exec "$$@"' nightly "python" "manage.py" "clearsessions"`,
        "WorkingDirectory=/opt/portico/slots/scheduled/release/app",
        "LoadCredential=app:/opt/portico/slots/scheduled/credentials",
      ]),
    );
    expect(lines(service).filter((line) => line.startsWith("Restart="))).toEqual([]);
  });

  it("give it every line of the slot's sandbox, and its own limits", () => {
    const { lines } = web(scheduled({}, { memoryMegabytes: 64 }));
    const missing = lines(`${units}/portico-app@.service`)
      .filter((line) => line.includes("="))
      .filter((line) => !lines(service).includes(line.replaceAll("%i", "scheduled")))
      .map((line) => line.split("=")[0]);
    expect(missing).toEqual([
      "Description",
      "Documentation",
      "Type",
      "NotifyAccess",
      "Sockets",
      "ExecStart",
      "TimeoutStartSec",
      "TimeoutStopSec",
      "Restart",
      "RestartSec",
      "OOMPolicy",
      "WantedBy",
    ]);
  });

  it("take no part in the revision, so that a change of one starts no slot", () => {
    const own = web(scheduled()).files.filter(({ path }) => path.includes("portico-schedule"));
    expect(new Set(own.map(({ effect }) => effect))).toEqual(new Set(["systemd"]));
  });
});

it("the first host that takes part has it, with a timer that starts at boot", async () => {
  const host = (name: string) => ({
    name,
    address: "10.31.64.11",
    roles: ["web" as const],
    platform: platforms["debian-13"],
    architecture: "x86_64" as const,
  });
  const site = { siteNames: [], balancerAddresses: [], hosts: ["web-1", "web-2"].map(host) };
  const holder = async (leftOut: string[]) => {
    const contents = await planContents(baselineSettings(scheduled()), site, newFolder(), leftOut);
    return contents.map(({ name, hosts, bundle }) => {
      const { app, enabledUnits } = bundleDescription(bundle.path);
      return [name, hosts.join(), app!.schedules, enabledUnits.includes("portico-schedule-nightly.timer")];
    });
  };
  const told = [{ name: "nightly", calendar: "*-*-* 03:30:00", program: "python" }];
  expect(await holder([])).toEqual([
    ["web-with-nightly", "web-1", told, true],
    ["web", "web-2", [], false],
  ]);
  expect(await holder(["web-1"])).toEqual([
    // What is planned for a host that is left out comes to nobody.
    ["web", "web-1,web-2", told, true],
  ]);
});

describe("what is refused", () => {
  const refused = (schedules: unknown) => expect(() => parseSettings({ app: { module: "a:b", schedules } }));

  it("is one without a command, without times, or with a time limit of more than a day", () => {
    refused({ nightly: { calendar: "daily" } }).toThrow("app.schedules.nightly.command: got nothing");
    refused({ nightly: { command: ["true"] } }).toThrow("app.schedules.nightly.calendar: got nothing");
    refused({ nightly: { ...nightly, calendar: "daily\nUnit=ssh.service" } }).toThrow(
      "allowed: a calendar expression of systemd",
    );
    refused({ nightly: { ...nightly, timeLimitSeconds: 86401 } }).toThrow("a whole number of seconds from 1 to 86400");
    refused({ Nightly: nightly }).toThrow("allowed: a map of names");
  });

  it("is a time that systemd does not know, all of them at once", () => {
    const check = (...calendars: string[]) =>
      checkCalendars(
        baselineSettings({
          app: {
            schedules: Object.fromEntries(
              calendars.map((calendar, index) => [`s${index}`, { ...nightly, memoryMegabytes: 32, calendar }]),
            ),
          },
        }).app,
      );
    expect(() => check("daily", "Mon *-*-* 04:30:00 Europe/Berlin", "*:0/15")).not.toThrow();
    expect(() => check("daily", "sometimes", "25:00")).toThrow(
      /app\.schedules\.s1\.calendar: got "sometimes"[^]*app\.schedules\.s2\.calendar: got "25:00"/,
    );
  });
});
