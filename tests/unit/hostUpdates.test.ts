import { planContents } from "../../lib/hosts/contents";
import { packagesOf, type HostPlan } from "../../lib/hosts/plan";
import { platforms } from "../../lib/hosts/platforms";
import { systemFiles } from "../../lib/hostFiles/system";
import { installsUpdates, parseSettings, type Settings } from "../../lib/settings";
import { baselineSettings } from "../support/baseline";
import { bundleDescription } from "../support/bundleDescription";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEu1hN7Qb3nZ1mJ1f5Jz2p0cEo4m3tq1h1b2c3d4e5f6";
const one = { name: "one", address: "10.0.0.11", roles: ["web", "balancer"], user: "admin", hostKey };

const given = (updates: Record<string, unknown>) =>
  parseSettings({ target: "hosts", app: { module: "a:b" }, hosts: { machines: [one] }, updates });
const onAws = (automatic: Settings["updates"]["automatic"]): Settings => ({
  ...baselineSettings(),
  target: "aws",
  updates: { automatic, rebootWindow: null },
});

const paths = (settings: Settings) => systemFiles(settings).map(({ path }) => path);
const aptFile = "/etc/apt/apt.conf.d/60portico-updates";

describe("security updates", () => {
  it("install themselves on machines of a cloud, and on given hosts where the settings say so", () => {
    expect([onAws("auto"), onAws("security"), onAws("none")].map(installsUpdates)).toEqual([true, true, false]);
    expect([given({}), given({ automatic: "none" }), given({ automatic: "security" })].map(installsUpdates)).toEqual([
      false,
      false,
      true,
    ]);
    expect(installsUpdates(baselineSettings())).toBe(false);
  });

  it("are refused on local machines, which reach no package source", () => {
    expect(() => baselineSettings({ updates: { automatic: "security" } })).toThrow(
      'updates.automatic: got "security"; allowed: auto or none on target local',
    );
  });

  it("bring the package, its file, and the distribution's clocks for it, which start at boot", async () => {
    for (const automatic of ["security", "none"]) {
      const settings = given({ automatic });
      const wanted = automatic === "security";
      expect(packagesOf(["web"], settings, false).includes("unattended-upgrades")).toBe(wanted);
      expect(paths(settings).includes(aptFile)).toBe(wanted);
      const host: HostPlan = { ...one, roles: ["web"], platform: platforms["debian-13"], architecture: "x86_64" };
      const site = { siteNames: ["a.example"], balancerAddresses: [], hosts: [host] };
      const [contents] = await planContents(settings, site, newFolder());
      const { enabledUnits } = bundleDescription(contents!.bundle.path);
      for (const unit of ["apt-daily.timer", "apt-daily-upgrade.timer"])
        expect(enabledUnits.includes(unit)).toBe(wanted);
    }
  });

  it("restart nothing of ours, whoever installs them", () => {
    for (const settings of [baselineSettings(), given({ automatic: "none" }), onAws("auto")])
      expect(paths(settings)).toContain("/etc/needrestart/conf.d/portico.conf");
  });
});
