import { contract } from "../../lib/base/contract";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { baselineSettings } from "../support/baseline";
import { TestAuthority } from "../support/certificates";
import { describeOn } from "../support/systems";
import type { TestHost } from "../support/testHost";
import { balancerAddress, TestSite, webAddress } from "../support/testSite";

const site = "https://portico.internal";
/** What a client may claim about itself, each in a spelling that some program believes. */
const claims: Record<string, string> = {
  Forwarded: "for=6.6.6.6;proto=http",
  Proxy: "http://evil.example",
  "X-Forwarded-Host": "evil.example",
  "X-Forwarded-Port": "80",
  "X-Forwarded-Prefix": "/evil",
  "X-Forwarded-Protocol": "http",
  "X-Forwarded-Ssl": "off",
  "X-Real-IP": "6.6.6.6",
};
const believed: Record<string, string> = {
  "X-Forwarded-For": "6.6.6.6",
  "X-Forwarded-Proto": "http",
  "X-Request-ID": "0".repeat(32),
  "X-Request-Start": "t=1",
};
const words = Object.entries({ ...claims, ...believed, Upgrade: "h2c" }).flatMap(([name, value]) => [
  "--header",
  `${name}: ${value}`,
]);

/** Each part of a site has its own guards, so each is asked without the other before or behind it. */
describeOn("debian-13", "guards of a host and of a balancer, each alone", (base) => {
  let running: TestSite;
  beforeAll(async () => {
    running = await TestSite.start(base(), "debian-13", baselineSettings());
  });
  afterAll(() => running?.stop());

  const echoed = async (from: TestHost): Promise<Record<string, string>> =>
    JSON.parse((await running.askWeb(`${site}/echo`, from, "--http1.1", ...words)).body);

  test.each(Object.keys(claims))("a host passes on no %s, whoever sends it", async (name) => {
    for (const from of [running.balancer, running.web])
      expect(await echoed(from)).not.toHaveProperty(name.toLowerCase());
  });

  test("a host takes nobody's word but the balancer's for client, scheme and id, and nobody's for a protocol or a waiting time", async () => {
    const stranger = await echoed(running.web);
    expect(stranger).toMatchObject({
      "x-forwarded-for": webAddress,
      "x-forwarded-proto": "https",
    });
    expect(stranger.connection).toBe("keep-alive");
    expect(stranger["x-request-id"]).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(await echoed(running.balancer)).toMatchObject({
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-proto": "http",
      "x-request-id": "0".repeat(32),
    });
    for (const headers of [stranger, await echoed(running.balancer)]) {
      expect(headers["x-request-start"]).toMatch(/^t=\d{10}\.\d{3}$/);
      expect(headers).not.toHaveProperty("upgrade");
    }
  });

  test("a stream may become a web socket and nothing else", async () => {
    const asking = async (protocol: string) =>
      JSON.parse(
        (
          await running.askWeb(
            `${site}/events/echo`,
            running.balancer,
            "--http1.1",
            "--header",
            `Upgrade: ${protocol}`,
            "--header",
            "Connection: Upgrade",
          )
        ).body,
      ) as Record<string, string>;
    expect(await asking("websocket")).toMatchObject({ upgrade: "websocket", connection: "upgrade" });
    for (const protocol of ["h2c", "TLS/1.2", "websocket, h2c"]) {
      const headers = await asking(protocol);
      expect(headers).not.toHaveProperty("upgrade");
      expect(headers.connection).toBe("close");
    }
  });

  test("a host tells strangers nothing: neither its health, nor other names, nor what it is made of", async () => {
    for (const url of ["https://unknown.internal/.portico/health", "https://unknown.internal/echo"])
      expect(await running.askWeb(url, running.web, "--http1.1")).toMatchObject({ status: 0 });
    const { headers } = await running.askWeb(`${site}/own-headers`, running.web);
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers.server).toEqual(["nginx"]);
  });

  describe("with a host that shows what it gets", () => {
    let folder = "";
    beforeAll(async () => {
      await running.web.stopPrograms();
      folder = mkdtempSync(path.join(tmpdir(), "portico-echo-"));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    afterEach(() => running.web.stopPrograms());

    async function serveWith(certificate: string, key: string): Promise<void> {
      const files = [certificate, key].map((text, index) => {
        const file = path.join(folder, `${index}.pem`);
        writeFileSync(file, text, { mode: 0o600 });
        return file;
      });
      const server = running.web.startInNetwork([
        "python3",
        path.join(__dirname, "../support/echoHost.py"),
        webAddress,
        "8443",
        ...files,
      ]);
      await once(server.stdout!, "data");
    }
    const read = async (host: TestHost, file: string): Promise<string> => (await host.run(["cat", file])).stdout;

    test("the balancer passes on none of a client's claims", async () => {
      await serveWith(
        await read(running.web, contract.paths.serverCertificate),
        await read(running.web, contract.paths.serverKey),
      );
      const answer = await running.ask(`${site}/echo`, "--http1.1", ...words);
      const headers = JSON.parse(answer.body) as Record<string, string>;
      expect(headers).toMatchObject({
        host: "portico.internal",
        "x-forwarded-for": balancerAddress,
        "x-forwarded-proto": "https",
      });
      expect(headers["x-request-id"]).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      for (const name of ["forwarded", "x-real-ip", "proxy", "upgrade"]) expect(headers).not.toHaveProperty(name);
    });

    test("the balancer does not talk to a host of another authority, nor to one of another name", async () => {
      const other = new TestAuthority();
      const [certificate, key] = other.filesFor(["web.portico.internal"], "server");
      await serveWith(certificate!.content, key!.content);
      expect(await running.ask(`${site}/echo`)).toMatchObject({ status: 502 });
      await running.web.stopPrograms();
      other.remove();
      await serveWith(
        await read(running.balancer, contract.paths.siteCertificate),
        await read(running.balancer, contract.paths.siteKey),
      );
      expect(await running.ask(`${site}/echo`)).toMatchObject({ status: 502 });
    });

    test("the balancer does not talk to another host of its own in the place of this one", async () => {
      for (const [name, status] of [
        ["web-2.web.portico.internal", 502],
        ["web-1.web.portico.internal", 200],
      ] as const) {
        const [certificate, key] = running.authority.filesFor(["web.portico.internal", name], "server");
        await serveWith(certificate!.content, key!.content);
        expect([name, (await running.ask(`${site}/echo`)).status]).toEqual([name, status]);
        await running.web.stopPrograms();
      }
    });
  });
});
