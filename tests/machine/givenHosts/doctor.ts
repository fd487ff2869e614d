import path from "node:path";
import { gateway, givenAddress } from "../../support/givenMachines";
import type { HostsStack } from "../../support/hostsStack";
import type { PackageProxy } from "../../support/packageProxy";
import { run } from "../../support/run";

/** What configuring a host would touch; times and sizes tell. A first use of sudo leaves a mark of its own. */
const traces =
  "find /etc /opt /usr /home /srv /var/lib/dpkg /var/lib/apt /var/cache/apt -xdev ! -type d ! -name .sudo_as_admin_successful -printf '%p %T@ %s %m\\n'; systemctl list-unit-files --no-legend; ls /tmp";

/** What is wrong with the hosts, each on its host, and what takes it away. */
const plants: readonly [host: string, plant: string, mend: string][] = [
  ["north", "dpkg --purge --force-depends nginx logrotate >/dev/null 2>&1", ":"],
  ["north", "systemd-run --quiet --unit=other-server python3 -m http.server 8443", "systemctl stop other-server"],
  [
    "south",
    "mv /etc/sudoers.d /etc/sudoers.d.away; mkdir /etc/sudoers.d",
    "rm -r /etc/sudoers.d; mv /etc/sudoers.d.away /etc/sudoers.d",
  ],
  [
    "south",
    "cp /lib/systemd/system/nginx.service /etc/systemd/system/apache2.service; systemctl daemon-reload; systemctl start apache2",
    "systemctl stop apache2; rm /etc/systemd/system/apache2.service; systemctl daemon-reload",
  ],
];

/** Of a slot, and more than this computer has. */
const mostMegabytes = 1048576;

const found: readonly RegExp[] = [
  /north +package +no nginx: .*Failed to fetch/,
  /north +package +no logrotate/,
  /north +port 8443 +python3\S* \(other-server\.service\)/,
  /north +memory +\d+ MiB +2097408 MiB or more/,
  /south +sudo +none/,
  /south +web server +apache2\.service/,
  /south +port 80 +unknown/,
  /south +memory +\d+ MiB/,
  /gone +connection +.*(timed out|No route to host)/,
];

export function describeDoctor(stack: HostsStack, proxy: PackageProxy): void {
  describe("the doctor", () => {
    let untouched: Set<string>;
    const tracesOfAll = () =>
      stack.hosts.flatMap(({ name }) =>
        stack.machines
          .onMachine(name, traces)
          .split("\n")
          .map((line) => `${name}: ${line}`),
      );
    const touched = () => tracesOfAll().filter((line) => !untouched.has(line));

    beforeAll(() => {
      for (const [host, plant] of plants) stack.machines.onMachine(host, plant);
      untouched = new Set(tracesOfAll());
      expect(untouched.size).toBeGreaterThan(1000);
    });

    it("lists every problem of every host at once, and changes nothing", async () => {
      const takeBack = [
        stack.set("app", { memoryMegabytes: mostMegabytes }),
        stack.set("hosts", { machines: [...described(stack), unreachable(stack)] }),
      ];
      const { code, output } = await stack.doctor();
      takeBack.forEach((undo) => undo());
      expect(code).toBe(1);
      for (const pattern of found) expect(output).toMatch(pattern);
      expect(output.split("\n").filter((line) => /^(north|south|gone) /.test(line))).toHaveLength(found.length);
      expect(output).toContain("north, south, gone not ready, nothing was changed");
      expect(touched()).toEqual([]);
    });

    it("stops an update before its first change, with the same words", async () => {
      const { code, output } = await stack.up();
      expect(code).not.toBe(0);
      expect(output).toMatch(/north +package +no nginx/);
      expect(output).toMatch(/south +sudo +none/);
      expect(touched()).toEqual([]);
    });

    it("tells a wrong host key and a refused login apart", async () => {
      const machines = described(stack).map((host) =>
        host.name === "north" ? { ...host, hostKey: stack.machines.hostKey("south") } : { ...host, user: "nobody" },
      );
      const takeBack = stack.set("hosts", { machines });
      const { code, output } = await stack.doctor();
      takeBack();
      expect(code).toBe(1);
      expect(output).toMatch(/north +host key +Host key verification failed/);
      expect(output).toMatch(/south +login +nobody refused/);
    });

    it("finds nothing wrong once all is mended; what packages are missing can be had now", async () => {
      for (const [host, , mend] of plants) stack.machines.onMachine(host, mend);
      const address = await proxy.listen(gateway);
      stack.machines.onMachine("north", `echo 'Acquire::http::Proxy "${address}";' >/etc/apt/apt.conf.d/90-proxy`);
      const { code, output } = await stack.doctor();
      expect({ code, output }).toEqual({ code: 0, output: "portico: north, south: ready\n" });
    });
  });

  it("of a stack that was not made, or whose passphrase is lost, the doctor says what to do", async () => {
    const unmade = await run(["bin/doctor", "unmade"], { cwd: stack.folder });
    expect(unmade).toMatchObject({
      code: 1,
      output: expect.stringContaining("portico: stack: got unmade, which was not made yet;") as string,
    });
    const lost = { ...process.env, PORTICO_STATE_DIR: path.join(stack.folder, ".lost") };
    const { code, output } = await run(["bin/doctor", "given"], { cwd: stack.folder, env: lost });
    expect(code).toBe(1);
    expect(output).toContain("remove the line encryptionsalt\n");
    expect(output).toContain('eval "$(bin/env given)", pulumi stack init given');
  });
}

function described(stack: HostsStack) {
  return stack.hosts.map((host) => stack.describe(host));
}

function unreachable(stack: HostsStack) {
  return { ...described(stack)[0], name: "gone", address: givenAddress(99) };
}
