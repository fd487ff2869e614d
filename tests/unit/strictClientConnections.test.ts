import { good, misbehavingServers, noFailures, runLoad } from "../support/strictClientServers";

const servers = misbehavingServers();

describe("connections that cannot be made", () => {
  it("counts each refused one", async () => {
    const target = await servers.serve("https", () => undefined);
    await servers.closeAll();
    const report = await runLoad(target, { maxRequests: 3 });
    expect(report).toMatchObject({
      attempts: 3,
      connectionsOpened: 0,
      failures: { ...noFailures, total: 3, refused: 3 },
    });
    expect(report.evidence[0]?.what).toBe("refused: ECONNREFUSED");
  });

  it.each([
    ["authority", { ca: undefined }, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["name", { servername: "other.test" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["name of an address", { servername: undefined }, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("does not talk to a server with the wrong %s", async (_what, change, code) => {
    let received = 0;
    const target = await servers.serve("https", () => (received += 1));
    const report = await runLoad({ ...target, ...change }, { maxRequests: 1 });
    expect(report.failures).toEqual({ ...noFailures, total: 1, refused: 1 });
    expect(report.evidence[0]?.what).toBe(`refused: ${code}`);
    expect(received).toBe(0);
  });

  it("counts a handshake that is not answered as a connect timeout", async () => {
    const silent = await servers.serve("http", () => undefined);
    const target = { ...silent, url: silent.url.replace("http:", "https:"), connectTimeoutMs: 100 };
    expect((await runLoad(target, { maxRequests: 2 })).failures).toEqual({
      ...noFailures,
      total: 2,
      connectTimeout: 2,
    });
  });

  it("shows the certificate that it is given, and none otherwise", async () => {
    const target = await servers.serve("https", (socket) => socket.write(good), true);
    expect((await runLoad({ ...target, clientCertificate: servers.clientCertificate })).failures).toEqual(noFailures);
    expect((await runLoad(target, { maxRequests: 1 })).succeeded).toBe(0);
  });

  it("connects from the address asked for", async () => {
    const seen = new Set<string | undefined>();
    const target = await servers.serve("http", (socket) => {
      seen.add(socket.remoteAddress);
      socket.write(good);
    });
    expect((await runLoad({ ...target, localAddress: "127.0.0.9" })).failures.total).toBe(0);
    expect([...seen]).toEqual(["127.0.0.9"]);
  });
});
