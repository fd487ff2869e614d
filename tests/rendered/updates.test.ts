import { readFileSync } from "node:fs";
import { systemFiles } from "../../lib/hostFiles/system";
import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { describeOn } from "../support/systems";
import { TestHost } from "../support/testHost";

jest.setTimeout(60_000);

/** By these apt knows its processor; the parts of an image that are unpacked do not have them. */
const dpkgTables = ["cputable", "ostable", "tupletable"].map((name) => {
  const path = `/usr/share/dpkg/${name}`;
  const content = readFileSync(path, "utf8");
  return { path, content, mode: "0644", owner: "root", group: "root", effect: "none" } as const;
});

/** Reads a file as needrestart does, and prints what it then does with services on its own: 0 leaves them. */
const needrestart = `
our %nrconf = (override_rc => {});
eval do { local(@ARGV, $/) = "/etc/needrestart/conf.d/portico.conf"; <> };
die $@ if $@;
for my $unit (@ARGV) {
  my ($found) = grep { $unit =~ /$_/ } keys %{$nrconf{override_rc}};
  print "$unit ", (defined $found ? $nrconf{override_rc}{$found} : 1), "\\n";
}`;

describe.each(platformIds)("%s", (id) => {
  describeOn(id, "updates of packages", (base) => {
    let host: TestHost;
    beforeAll(async () => {
      const settings = { ...baselineSettings(), updates: { automatic: "security", rebootWindow: null } } as const;
      host = await TestHost.lay(base(), [...systemFiles(settings), ...dpkgTables]);
    });
    afterAll(() => host.stop());

    it("are looked for and installed once a day, and end in no reboot, as apt reads it", async () => {
      const { stdout, stderr } = await host.run(["apt-config", "dump"]);
      expect(stderr).not.toContain("60portico-updates");
      for (const line of [
        'APT::Periodic::Update-Package-Lists "1";',
        'APT::Periodic::Unattended-Upgrade "1";',
        'Unattended-Upgrade::Automatic-Reboot "false";',
      ])
        expect(stdout.split("\n")).toContain(line);
    });

    it("restart no unit of ours, as needrestart reads it, and leave the others to it", async () => {
      const units = ["portico-nginx.service", "portico-app@blue.service", "portico-watch.service", "ssh.service"];
      const { stdout, stderr } = await host.run(["perl", "-e", needrestart, ...units]);
      expect(stderr).toBe("");
      expect(stdout.trim().split("\n")).toEqual([...units.slice(0, 3).map((unit) => `${unit} 0`), "ssh.service 1"]);
    });
  });
});
