import path from "node:path";
import { gateway } from "../../support/givenMachines";
import { Handshakes, shownBy } from "../../support/handshakes";
import type { HostsStack } from "../../support/hostsStack";
import { nextIssued } from "../../support/orders";
import { PackageProxy } from "../../support/packageProxy";
import { Pebble } from "../../support/pebble";

const name = "portico.internal";

/** On a combined host one Nginx has both sites, and passes on to certbot what comes for one of them. */
export function describeGivenCertificate(stack: HostsStack): void {
  const { name: host, address } = stack.hosts.find(({ roles }) => roles.includes("balancer"))!;

  describe(`a certificate by ACME on ${host}, which is balancer and application host`, () => {
    const proxy = new PackageProxy();
    const onBalancer = (script: string) => stack.machines.onMachineMeanwhile(host, script);
    let pebble: Pebble;
    let handshakes: Handshakes;
    let before: string;

    beforeAll(async () => {
      const way = await proxy.listen(gateway);
      await onBalancer(`echo 'Acquire::http::Proxy "${way}";' >/etc/apt/apt.conf.d/90-proxy`);
      const folder = path.join(stack.folder, "acme");
      pebble = await Pebble.start({ folder, address: gateway, site: address, seconds: 60, port: 14010 });
      before = await shownBy(address, name);
    });
    beforeEach(() => void (handshakes = new Handshakes(address, name)));
    afterEach(() => handshakes.stop());
    afterAll(async () => {
      await pebble.stop();
      await proxy.close();
    });

    async function bringUp(): Promise<void> {
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    }

    it("is issued and renewed without a failed handshake, by the certbot of the host's distribution", async () => {
      stack.set("site", { acme: { directory: pebble.directory, trustFile: pebble.trustFile }, certificate: "acme" });
      await bringUp();
      const site = { address, name, pebble, onBalancer };
      const first = await nextIssued(site, before);
      const second = await nextIssued(site, first);
      const { failures, shown, count } = await handshakes.stop();
      expect({ failures, shown }).toEqual({ failures: [], shown: [before, first, second] });
      expect(JSON.parse(await onBalancer("portico-host check"))).toMatchObject({ problems: [], differences: [] });
      const certbot = await onBalancer("dpkg-query --show certbot");
      process.stdout.write(`${certbot.trim()}: ${count} handshakes over a first issue and a renewal, 0 failed\n`);
    });

    it("is followed by one of the stack's own authority, without a failed handshake", async () => {
      stack.set("site", { certificate: "private" });
      await bringUp();
      expect((await handshakes.stop()).failures).toEqual([]);
      await shownBy(address, name, stack.target("load").ca);
    });
  });
}
