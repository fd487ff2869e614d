import { mkdirSync } from "node:fs";
import path from "node:path";
import { Handshakes, shownBy } from "../../support/handshakes";
import { Issuer } from "../../support/issuer";
import { nextIssued } from "../../support/orders";
import { PackageProxy } from "../../support/packageProxy";
import { Pebble } from "../../support/pebble";
import { everything } from "../../support/sample";
import { clients, type TestStack } from "../../support/testStack";
import { bringUp, problemsOf } from "./support";

type Word = "private" | "self-signed" | "given" | "acme";

const name = "portico.internal";
/** Each way from one word to another once, beginning and ending with acme. */
const allWays: Word[] = [
  ...(["given", "self-signed", "acme", "self-signed", "given", "acme"] as const),
  ...(["private", "given", "private", "self-signed", "private", "acme"] as const),
];
const someWays: Word[] = ["given", "acme", "self-signed"];
const renewals = everything ? 3 : 1;

/** A real authority on this computer, which proves the name over the machines' network; its certificates live half a minute. */
export function describeCertificates(stack: TestStack): void {
  describe("the certificate of the site", () => {
    const address = new URL(stack.url).hostname;
    const folder = path.join(stack.folder, "acme");
    let pebble: Pebble;
    let restore: () => void;
    const proxy = new PackageProxy();
    let handshakes: Handshakes | undefined;

    const shown = () => shownBy(address, name);
    const issuedOnes = async () => shownBy(address, name, await pebble.root());
    const onBalancer = (script: string) => stack.onHostMeanwhile("balancer", script);
    const alarms = async () => (JSON.parse(await onBalancer("portico-host status")) as { alarms: string[] }).alarms;
    const attempt = (value = "{}") =>
      onBalancer(
        `echo '${value}' | portico-host certify >/tmp/answer 2>/tmp/said; echo "$?"; cat /tmp/answer /tmp/said`,
      );

    beforeAll(async () => {
      const gateway = clients.load.replace(/\d+$/, "1");
      const way = await proxy.listen(gateway);
      await onBalancer(`echo 'Acquire::http::Proxy "${way}";' >/etc/apt/apt.conf.d/90-proxy`);
      const refused = ["refused.internal"];
      pebble = await Pebble.start({ folder, address: gateway, site: address, seconds: 30, port: 14000, refused });
      mkdirSync(path.join(folder, "given"));
      const issuer = new Issuer(path.join(folder, "given"));
      issuer.issue("given", { names: [name] });
      await stack.setSecret("certificateKey", issuer.read("given.key"));
      restore = stack.change({
        "site.acme": { directory: pebble.directory, trustFile: pebble.trustFile },
        "site.givenCertificate": { leafFile: path.join(issuer.folder, "given.crt") },
        "site.certificate": "private",
      });
    });
    afterEach(() => handshakes?.stop());
    afterAll(async () => {
      restore();
      await pebble.stop();
      await proxy.close();
    });

    async function set(word: Word): Promise<void> {
      stack.change({ "site.certificate": word });
      await bringUp(stack);
    }

    const next = (before: string) => nextIssued({ address, name, pebble, onBalancer }, before);

    it("is issued by an ACME authority, after the private one served meanwhile, and renewed without a failed handshake", async () => {
      const before = await shown();
      handshakes = new Handshakes(address, name);
      await set("acme");
      const issued: string[] = [];
      for (let last = before; issued.length <= renewals; issued.push(last)) last = await next(last);
      const { failures, shown: seen, count } = await handshakes.stop();
      expect(failures).toEqual([]);
      expect(seen).toEqual([before, ...issued]);
      expect(await onBalancer("ls /var/lib/private/portico-certbot/accounts/*/dir | wc -l")).toBe("1\n");
      process.stdout.write(`acme: ${count} handshakes over the first issue and ${renewals} renewals, 0 failed\n`);
    });

    it("stays while the authority is down, which is told, and the next order waits", async () => {
      await pebble.close();
      const before = await shown();
      await new Promise((resolve) => setTimeout(resolve, 21_000));
      expect(await attempt()).toMatch(/^1\n(.*\n)*.*failed: order at .*: got .*; allowed: a certificate/);
      expect(await attempt()).toMatch(/^0\n.*"ordered":false,"waits":\d{3}/);
      expect(await shown()).toBe(before);
      expect((await alarms()).join()).toContain("1 orders failed");
      expect(problemsOf(stack, "balancer").join()).toContain("1 orders failed");
      await pebble.open();
      expect(await attempt('{"now": true}')).toMatch(/^0\n/);
      expect(await issuedOnes()).not.toBe(before);
      expect((await alarms()).join()).not.toContain("failed");
    });

    it("stays when the authority does not issue for a name, and the refusal is told", async () => {
      const before = await shown();
      const order = "/etc/portico/acme/order.json";
      await onBalancer(`cp -p ${order} /tmp/order; sed -i 's/${name}/refused.internal/' ${order}`);
      expect(await attempt()).toMatch(/^1\n(.*\n)*.*refused\.internal/);
      expect(await shown()).toBe(before);
      await onBalancer(`cp -p /tmp/order ${order}`);
      expect(await attempt()).toMatch(/^0\n/);
    });

    it("comes from elsewhere by one word, without a failed handshake", async () => {
      handshakes = new Handshakes(address, name);
      for (const word of everything ? allWays : someWays) {
        const before = await shown();
        await set(word);
        if (word === "acme") await next(before);
        expect(await shown()).not.toBe(before);
      }
      const { failures, count } = await handshakes.stop();
      expect(failures).toEqual([]);
      expect(problemsOf(stack, "balancer")).toEqual([]);
      process.stdout.write(`words: ${count} handshakes, 0 failed\n`);
    });
  });
}
