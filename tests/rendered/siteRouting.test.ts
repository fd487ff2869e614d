import { healthCheck } from "../../lib/targets/aws/balancer/health";
import { platformIds, platforms } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import type { TestHost } from "../support/testHost";
import { balancerAddress, TestSite, webAddress } from "../support/testSite";

const site = "https://portico.internal";

/** Hangs up in the middle of a head over HTTP/2, which gets no status at all; then sends bytes that are no UTF-8. */
const badClient = `
import socket, ssl, sys, time
def connect(protocol):
    context = ssl._create_unverified_context()
    context.set_alpn_protocols([protocol])
    return context.wrap_socket(socket.create_connection((sys.argv[1], 443)), server_hostname="portico.internal")
with connect("h2") as client:
    head = bytes([0x82, 0x87, 0x84, 0x41, 16]) + b"portico.internal"
    client.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]) + bytes([0, 0, len(head), 1, 1, 0, 0, 0, 1]) + head)
    time.sleep(0.2)
with connect("http/1.1") as client:
    client.sendall(b"GET /\\xff?x HTTP/1.1\\r\\nHost: portico.internal\\r\\nUser-Agent: \\xff\\xc3\\r\\nX-Amzn-Trace-Id: \\xff\\r\\nConnection: close\\r\\n\\r\\n")
    client.recv(1000)
with connect("http/1.1") as client:
    client.sendall(b"GET / HTTP/1.1\\r\\nHost: \\xff\\r\\nConnection: close\\r\\n\\r\\n")
    client.recv(1000)
`;

async function logged(host: TestHost): Promise<Record<string, unknown>[]> {
  const { stdout } = await host.run(["cat", "/var/log/portico/access.log"]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "routing and trust", (base) => {
    let running: TestSite;
    beforeAll(async () => {
      running = await TestSite.start(base(), id, baselineSettings());
    });
    afterAll(() => running?.stop());

    const echoed = async (...words: string[]) => JSON.parse((await running.ask(`${site}/echo`, ...words)).body);

    test("every name of the site reaches the application, an address without SNI too", async () => {
      expect(await running.ask(`${site}/healthz`)).toMatchObject({ status: 200, body: "healthy\n" });
      expect(await running.ask(`https://${balancerAddress}/healthz`)).toMatchObject({ status: 200, body: "healthy\n" });
    });

    test("an unknown name is closed without an answer, on the balancer's two ports and on the host", async () => {
      const answers = await Promise.all([
        running.ask("https://unknown.internal/echo", "--insecure", "--http1.1"),
        running.ask("http://unknown.internal/echo"),
        running.askWeb("https://unknown.internal/echo", running.balancer, "--http1.1"),
      ]);
      for (const answer of answers)
        expect(answer).toMatchObject({ status: 0, complaint: expect.stringMatching(/Empty reply|reset by peer/) });
      expect(running.app.counts).not.toHaveProperty("/echo");
    });

    test("a check by address gets the application's answer, and the application a Host that it knows", async () => {
      const byAddress = ["--header", `Host: ${webAddress}:8443`];
      const asked = running.app.counts["/healthz"] ?? 0;
      const host = "https://web-1.web.portico.internal";
      expect(await running.askWeb(`${host}${healthCheck.path}`, running.balancer, ...byAddress)).toMatchObject({
        status: 200,
        body: "healthy\n",
      });
      expect(await running.askWeb(`https://unknown.internal${healthCheck.path}?x=y`, running.balancer)).toMatchObject({
        status: 200,
        body: "healthy\n",
      });
      expect(running.app.counts["/healthz"]).toBe(asked + 2);
      for (const path of ["/echo", "/healthz", `${healthCheck.path}/`])
        expect(await running.askWeb(`${host}${path}`, running.balancer, ...byAddress, "--http1.1")).toMatchObject({
          status: 0,
        });
    });

    test("that check is the balancer's and the host's own; for its clients, and for strangers, there is none", async () => {
      const asked = running.app.counts["/healthz"] ?? 0;
      const check = `https://unknown.internal${healthCheck.path}`;
      expect(await running.askWeb(check, running.web, "--http1.1")).toMatchObject({
        status: 0,
        complaint: expect.stringMatching(/Empty reply|reset by peer/),
      });
      expect(
        await running.askWeb(check, running.balancer, "--http1.1", "--header", "X-Forwarded-For: 198.51.100.7"),
      ).toMatchObject({ status: 0 });
      expect(running.app.counts["/healthz"]).toBe(asked);
      const { stdout } = await running.web.runInNetwork([
        "curl",
        "--silent",
        "--insecure",
        `https://127.0.0.1:8443${healthCheck.path}`,
      ]);
      expect(stdout).toBe("healthy\n");
      const lines = (await logged(running.web)).filter(
        ({ path }) => path === healthCheck.path && !String(path).includes("?"),
      );
      expect(lines.filter(({ host }) => host === "unknown.internal").map(({ status }) => status)).toEqual([444, 444]);
    });

    test("a request that ends without an answer has a line too that is JSON, whatever bytes a client sends", async () => {
      const { stderr } = await running.balancer.runInNetwork(["python3", "-c", badClient, balancerAddress]);
      expect(stderr).toBe("");
      const { stdout } = await running.balancer.run(["base64", "--wrap=0", "/var/log/portico/access.log"]);
      const log = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(stdout, "base64"));
      const lines = log
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines).toContainEqual(expect.objectContaining({ status: 0, protocol: "HTTP/2.0" }));
      expect(lines).toContainEqual(
        expect.objectContaining({ path: "(not ASCII)", agent: "(not ASCII)", trace: "(not ASCII)" }),
      );
    });

    test("the path of that check is the application's own where a name of the site is asked for", async () => {
      expect(await running.askWeb(`${site}${healthCheck.path}`, running.balancer)).toMatchObject({
        status: 404,
        body: expect.not.stringContaining("healthy"),
      });
      expect(running.app.counts[healthCheck.path]).toBeGreaterThanOrEqual(1);
    });

    test("the balancer's own check answers by address only", async () => {
      expect(await running.ask("https://unknown.internal/.portico/health", "--insecure")).toMatchObject({
        status: 200,
        body: "ok\n",
      });
      expect(await running.ask(`${site}/.portico/health`)).toMatchObject({ status: 404 });
    });

    test("error pages cannot be asked for", async () => {
      expect(await running.ask(`${site}/.portico/pages/429.html`)).toMatchObject({ status: 404 });
    });

    test("claims of a client are dropped on the way to the application", async () => {
      const claims = [
        "X-Forwarded-For: 6.6.6.6",
        "X-Forwarded-Proto: http",
        "X-Request-ID: spoofed",
        "X-Real-IP: 6.6.6.6",
        "Forwarded: for=6.6.6.6",
        "X-Forwarded-Host: evil",
        "X-Forwarded-Ssl: off",
        "Proxy: evil",
        "Upgrade: h2c",
      ];
      const headers = await echoed(...claims.flatMap((claim) => ["--header", claim]), "--http1.1");
      expect(headers).toMatchObject({
        host: "portico.internal",
        "x-forwarded-for": balancerAddress,
        "x-forwarded-proto": "https",
        // Its own, not what curl says of an upgrade.
        connection: "keep-alive",
      });
      expect(headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
      const dropped = ["x-real-ip", "forwarded", "x-forwarded-host", "x-forwarded-ssl", "proxy", "upgrade"];
      for (const name of dropped) expect(headers).not.toHaveProperty(name);
    });

    test("a host believes its balancer and nobody else about who asked", async () => {
      const claims = [
        "--header",
        "X-Forwarded-For: 198.51.100.7",
        "--header",
        "X-Forwarded-Proto: http",
        "--header",
        `X-Request-ID: ${"a".repeat(32)}`,
      ];
      const seen = async (from: TestHost) => JSON.parse((await running.askWeb(`${site}/echo`, from, ...claims)).body);
      expect(await seen(running.balancer)).toMatchObject({
        "x-forwarded-for": "198.51.100.7",
        "x-forwarded-proto": "http",
        "x-request-id": "a".repeat(32),
      });
      const stranger = await seen(running.web);
      expect(stranger).toMatchObject({ "x-forwarded-for": webAddress, "x-forwarded-proto": "https" });
      expect(stranger["x-request-id"]).not.toBe("a".repeat(32));
    });

    test("of several addresses the last one counts, which the balancer wrote", async () => {
      const answer = await running.askWeb(
        `${site}/echo`,
        running.balancer,
        "--header",
        "X-Forwarded-For: 6.6.6.6, 198.51.100.7",
      );
      expect(JSON.parse(answer.body)["x-forwarded-for"]).toBe("198.51.100.7");
    });

    test("both logs and the client have the same id of a request, and no log has its query", async () => {
      const answer = await running.ask(`${site}/echo?token=geheim`);
      const requestId = answer.headers["x-request-id"]![0];
      for (const host of [running.balancer, running.web]) {
        const lines = await logged(host);
        expect(lines).toContainEqual(
          expect.objectContaining({
            request_id: requestId,
            path: "/echo",
            status: 200,
            client: balancerAddress,
            upstream_status: expect.stringMatching(/^(\d+, )?200$/),
          }),
        );
        expect(JSON.stringify(lines)).not.toMatch(/geheim/);
        expect(lines).not.toContainEqual(expect.objectContaining({ host: webAddress, status: 200 }));
      }
    });

    test("what a host answers is the answer, also when it is 503; only a host that cannot be reached is passed over", async () => {
      await running.ask(`${site}/busy`);
      await running.ask(`${site}/busy`, "--request", "POST");
      const tries = (await logged(running.balancer))
        .filter(({ path }) => path === "/busy")
        .map(({ method, upstream_status }) => [method, upstream_status]);
      expect(tries).toEqual([
        ["GET", expect.stringMatching(/^(502, )?503$/)],
        ["POST", expect.stringMatching(/^(502, )?503$/)],
      ]);
      expect(running.app.counts["/busy"]).toBe(2);
    });

    test("the balancer speaks HTTP/2, and nothing older than TLS 1.2", async () => {
      expect(await running.ask(`${site}/healthz`, "--http2", "--write-out", "%{http_version}")).toMatchObject({
        body: "healthy\n2",
      });
      expect(await running.ask(`${site}/healthz`, "--tls-max", "1.1")).toMatchObject({ status: 0 });
    });

    test("keys are exchanged in the hybrid group where both ends have it", async () => {
      const client = ["openssl", "s_client", "-connect", `${balancerAddress}:443`, "-servername", "portico.internal"];
      const { stdout } = await running.balancer.run(client);
      expect(stdout).toMatch(
        platforms[id].openssl === "3.5" ? /Negotiated TLS1\.3 group: X25519MLKEM768/ : /Server Temp Key: X25519/,
      );
      expect(stdout).toContain("TLSv1.3");
    });
  });
});
