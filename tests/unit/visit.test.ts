import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { visit } from "../../bin/commands/update/visit";
import { parseSettings } from "../../lib/settings";
import { curlWords, doorOf, checkVisits, visitPaths, type Visit } from "../../lib/rollout/visit";
import { Issuer } from "../support/issuer";
import { temporaryFolders } from "../support/temporaryFolder";

const app = { module: "shop.web:app", readyPath: "/up" };
const local = parseSettings({ app, site: { domains: ["shop.internal", "other.internal"] } });
const machine = { name: "one", roles: ["web", "balancer"], user: "admin", hostKey: "ssh-ed25519 AAAA" };
const hosts = parseSettings({ app, target: "hosts", hosts: { machines: [{ ...machine, address: "10.0.0.1" }] } });
const outputs = [
  { role: "web", address: "10.0.0.2" },
  { role: "web, balancer", address: "10.0.0.1" },
];
const answer = (path: string, status: number | undefined): Visit => ({
  path,
  status,
  complaint: status === undefined ? "ECONNREFUSED" : "",
  seconds: 0.1,
});

describe("the door of a stack", () => {
  it("is the balancer's address, under the first name", () => {
    expect(doorOf(local, outputs)).toEqual({ name: "shop.internal", address: "10.0.0.1", certificate: "private" });
    expect(doorOf(parseSettings({ app, site: { domains: [] } }), outputs)).toMatchObject({ name: "10.0.0.1" });
  });

  it("is found by DNS alone where a service balances", () => {
    expect(doorOf({ ...local, target: "aws" }, outputs)).toEqual({
      name: "shop.internal",
      address: undefined,
      certificate: "acm",
    });
  });

  it("says where its certificate comes from", () => {
    expect(doorOf({ ...local, site: { ...local.site, certificate: "acme" } }, outputs).certificate).toBe("acme");
  });
});

describe("what is asked", () => {
  it("is what has to be ready, then the home page, each once", () => {
    expect(visitPaths(local)).toEqual(["/up", "/"]);
    expect(visitPaths(parseSettings({ app: { ...app, homePath: "/up" } }))).toEqual(["/up"]);
    expect(visitPaths(parseSettings({ app: { ...app, homePath: null } }))).toEqual(["/up"]);
  });

  it("is told as a command that names the application's own name, and where it leads when DNS does not know", () => {
    const door = doorOf(local, outputs);
    expect(curlWords(door, "/", { authority: "ca.crt", resolved: false })).toBe(
      "curl --cacert ca.crt --resolve shop.internal:443:10.0.0.1 https://shop.internal/",
    );
    expect(curlWords(door, "/", { authority: "ca.crt", resolved: true })).toBe(
      "curl --cacert ca.crt https://shop.internal/",
    );
    expect(
      curlWords({ ...door, certificate: "given", address: undefined }, "/up", {
        authority: "ca.crt",
        resolved: false,
      }),
    ).toBe("curl https://shop.internal/up");
    expect(curlWords({ ...door, certificate: "self-signed" }, "/", { authority: "ca.crt", resolved: true })).toBe(
      "curl --insecure https://shop.internal/",
    );
    expect(curlWords({ ...door, name: "10.0.0.1" }, "/", { authority: "ca.crt", resolved: false })).toBe(
      "curl --cacert ca.crt https://10.0.0.1/",
    );
  });
});

describe("what came back", () => {
  it.each([200, 301, 401, 404, 429])("is no fault as %d of the home page", (status) => {
    expect(checkVisits([answer("/up", 200), answer("/", status)], local)).toEqual({ faults: [], warnings: [] });
  });

  it.each([500, 502, 503])("is a fault as %d, of either", (status) => {
    expect(checkVisits([answer("/up", 200), answer("/", status)], local).faults).toEqual([
      `GET /: got ${status}; allowed: anything below 500`,
    ]);
    expect(checkVisits([answer("/up", status)], local).faults).toEqual([`GET /up: got ${status}; allowed: 200`]);
  });

  it("is a fault as anything but 200 of what has to be ready", () => {
    expect(checkVisits([answer("/up", 404)], local).faults).toEqual(["GET /up: got 404; allowed: 200"]);
  });

  it("is a warning as a refusal of the name", () => {
    expect(checkVisits([answer("/up", 200), answer("/", 400)], local)).toEqual({
      faults: [],
      warnings: [expect.stringContaining("ALLOWED_HOSTS")],
    });
  });

  it("is a fault as no answer of a machine on this computer, and elsewhere no more than that this computer got none", () => {
    expect(checkVisits([answer("/up", undefined)], local).faults).toEqual([
      "GET /up: no answer to this computer (ECONNREFUSED)",
    ]);
    expect(checkVisits([answer("/up", undefined)], hosts)).toEqual({
      faults: [],
      warnings: [expect.stringContaining("ECONNREFUSED")],
    });
  });
});

describe("a visit", () => {
  const makeFolder = temporaryFolders();
  const issuer = new Issuer(makeFolder());
  const statuses: Record<string, number[]> = { "/up": [200], "/": [500], "/busy": [429, 200] };
  const door = { name: "shop.internal", address: "127.0.0.1", certificate: "private" as const };
  let server: Server;

  beforeAll(async () => {
    issuer.issue("root", { authority: true });
    issuer.issue("stranger", { authority: true });
    issuer.issue("site", { by: "root", names: ["shop.internal"] });
    server = createServer(
      { key: issuer.read("site.key"), cert: issuer.read("site.crt") },
      ({ url, headers }, response) => {
        const left = statuses[url!]!;
        response
          .writeHead(headers.host === "shop.internal" ? (left.length > 1 ? left.shift()! : left[0]!) : 421)
          .end("page");
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const port = () => (server.address() as AddressInfo).port;

  it("asks under the site's name at the door's address, with the certificate verified", async () => {
    const visits = await visit(door, issuer.read("root.crt"), ["/up", "/"], port());
    expect(visits.map(({ path, status }) => [path, status])).toEqual([
      ["/up", 200],
      ["/", 500],
    ]);
  });

  it("asks again after a limit of requests", async () => {
    expect((await visit(door, issuer.read("root.crt"), ["/busy"], port()))[0]).toMatchObject({ status: 200 });
  });

  it("takes an answer by a given certificate of an authority that only visitors know, and says so", async () => {
    const [only] = await visit({ ...door, certificate: "given" }, "", ["/up"], port());
    expect(only).toMatchObject({ status: 200, complaint: expect.stringContaining("certificate") });
    expect(checkVisits([only!], local)).toEqual({
      faults: [],
      warnings: [expect.stringMatching(/could not be verified here .*chainFile/)],
    });
  });

  it("takes what nobody signed without a word, and until the first issue by ACME what the own authority did", async () => {
    const signed = await Promise.all([
      visit({ ...door, certificate: "self-signed" }, "", ["/up"], port()),
      visit({ ...door, certificate: "acme" }, issuer.read("root.crt"), ["/up"], port()),
    ]);
    expect(signed.map(([only]) => [only!.status, only!.complaint])).toEqual([
      [200, ""],
      [200, ""],
    ]);
  });

  it("believes no other authority and no other name", async () => {
    const others = await Promise.all([
      visit(door, issuer.read("stranger.crt"), ["/up"], port()),
      visit({ ...door, name: "other.internal" }, issuer.read("root.crt"), ["/up"], port()),
    ]);
    expect(others.map(([only]) => only!.status)).toEqual([undefined, undefined]);
    expect(others[0][0]!.complaint).toMatch(/certificate/);
    expect(others[1][0]!.complaint).toMatch(/altnames/);
  });
});
