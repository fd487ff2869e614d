import { balancerFiles } from "../../lib/hostFiles/balancer";
import { parseSettings, SettingsError, settingsWarnings } from "../../lib/settings";
import { baselinePlan, baselineSettings, directives, contentOf } from "../support/baseline";
import { nginx, standalone, units, web } from "../support/webHost";

const uploads = { path: "/media/", folder: "uploads" };
const withMedia = (...media: object[]) => ({ app: { data: ["uploads", "invoices"] }, nginx: { media } });
const dropIn = `${units}/portico-app@.service.d/50-data.conf`;
const ofMedia = /media|50-data/;

function faultsOf(settings: Record<string, Record<string, unknown>>): string {
  try {
    parseSettings({ ...settings, app: { module: "a:b", ...settings["app"] } });
    return "";
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.message;
  }
}

describe("settings of data", () => {
  test.each([["../up"], ["/srv"], ["a/b"], [".hidden"], ["with blank"], [""], ["-x"]])(
    "a folder outside or within another one is refused: %j",
    (name) => expect(faultsOf({ app: { data: [name] } })).toMatch(/app\.data\.0: got .*; allowed: .*names of folders/),
  );

  test("the same folder twice is refused", () =>
    expect(faultsOf({ app: { data: ["a", "a"] } })).toContain('app.data: got "a"; allowed: each folder once'));

  test.each([
    ["no folder of data", { media: [uploads] }, "nginx.media.0.folder", { data: ["other"] }],
    ["a folder at two paths", { media: [uploads, { ...uploads, path: "/b/" }] }, "nginx.media.1.folder", {}],
    ["a path in another one", { media: [uploads, { path: "/media/b/", folder: "two" }] }, "nginx.media.1.path", {}],
    [
      "a path around another one",
      {
        media: [
          { path: "/m/b/", folder: "two" },
          { path: "/m/", folder: "uploads" },
        ],
      },
      "nginx.media.1.path",
      {},
    ],
    ["that of static files", { media: [{ ...uploads, path: "/static/" }] }, "nginx.media.0.path", {}],
    ["one around a stream", { media: [uploads] }, "nginx.media.0.path", { streamPaths: ["/media/live"] }],
    ["one around a check", { media: [uploads] }, "nginx.media.0.path", { readyPath: "/media/ready" }],
    ["all of the site", { media: [{ ...uploads, path: "/" }] }, "nginx.media.0.path", {}],
    ["no slash at its end", { media: [{ ...uploads, path: "/media" }] }, "nginx.media.0.path", {}],
    ["a way up", { media: [{ ...uploads, path: "/a/../" }] }, "nginx.media.0.path", {}],
    [
      "a policy of the user",
      { media: [uploads], headers: { byPath: [{ path: "/media/x", contentSecurityPolicy: "default-src *" }] } },
      "nginx.media.0.path",
      {},
    ],
  ])("media with %s are refused", (_, given, key, app) => {
    const faults = faultsOf({ app: { data: ["uploads", "two"], ...app }, nginx: given });
    expect(faults).toContain(`${key}: got `);
  });

  test("a policy of all pages, and another embedding of media, are allowed", () => {
    const byPath = [
      { path: "/", contentSecurityPolicy: "default-src 'self'" },
      { path: "/media/", crossOriginResourcePolicy: "cross-origin" },
    ];
    expect(faultsOf({ app: { data: ["uploads"] }, nginx: { media: [uploads], headers: { byPath } } })).toBe("");
  });

  test("data of several hosts is warned of with what to do, that of one is not", () => {
    const warnings = (webMachines: number, data: string[]) =>
      settingsWarnings(parseSettings({ app: { module: "a:b", data }, local: { webMachines } }));
    expect(warnings(2, ["uploads"])).toEqual([
      expect.stringMatching(
        /^portico:app\.data: 2 application hosts have folders of their own \(uploads\).*one application host, mount storage.*\/var\/lib\/portico-app.*object store$/,
      ),
    ]);
    expect(warnings(1, ["uploads"])).toEqual([]);
    expect(warnings(2, [])).toEqual([]);
  });
});

describe("a database of a local stack", () => {
  const local = { database: "postgresql" };
  test.each([
    ["a secret of the same name", { app: { secrets: ["databaseUrl"] } }, "app.secrets: got"],
    ["a generated one", { app: { generatedSecrets: ["databaseUrl"] } }, "app.generatedSecrets: got"],
    ["an application without a network", { app: { network: "none" } }, "app.network: got"],
    [
      "a firewall that keeps the way",
      { firewall: { outboundRanges: ["192.0.2.0/24", "fd00::/8"] } },
      "remedy 10.31.64.9",
    ],
  ])("is refused with %s", (_, given, message) => {
    const faults = faultsOf({ local, ...given });
    if (message.startsWith("remedy")) expect(faults).toContain("add 10.31.64.9");
    else expect(faults).toContain(message);
    expect(faultsOf({ ...given })).toBe("");
  });

  test.each([["10.31.64.9"], ["10.31.64.0/24"]])("goes with a firewall that leaves the way open: %s", (range) =>
    expect(faultsOf({ local, firewall: { outboundRanges: [range] } })).toBe(""),
  );
});

describe("files of data", () => {
  test("a stack without data and media has none of them", () => {
    const plain = [...web().files, ...balancerFiles(baselineSettings(), baselinePlan("debian-13"))];
    const ofThem = plain.filter(
      ({ path, content }) => ofMedia.test(path) || /zone=media|STATE_DIR|web\/media/.test(content),
    );
    expect(ofThem.map(({ path }) => path)).toEqual([]);
  });

  test("a slot may write to its folders, run nothing in them, and finds them by the name that systemd has for it", () => {
    expect(web({ app: { data: ["uploads", "reports"] } }).lines(dropIn)).toEqual([
      "[Unit]",
      "RequiresMountsFor=/var/lib/portico-app",
      "[Service]",
      "Environment=STATE_DIRECTORY=/var/lib/portico-app",
      "ReadWritePaths=/var/lib/portico-app/uploads /var/lib/portico-app/reports",
      "NoExecPaths=/var/lib/portico-app/uploads /var/lib/portico-app/reports",
      "UMask=0022",
    ]);
    expect(web({ app: { data: ["uploads"] } }).files.find(({ path }) => path === dropIn)!.effect).toBe("appUnit");
  });

  test("public media have a location and a limit on host and balancer, protected ones an inner one on the host alone", () => {
    const settings = withMedia(uploads, { path: "/invoices/", folder: "invoices", access: "protected" });
    const host = web(settings);
    const edge = balancerFiles(baselineSettings(settings), baselinePlan("debian-13"));
    const location = (path: string) => host.lines(`${nginx}/web/locations/${path}`);
    expect(location("media-media.conf")).toEqual(
      expect.arrayContaining([
        "location ^~ /media/ {",
        "include limited/media.conf;",
        "disable_symlinks on from=/var/lib/portico-app/uploads;",
      ]),
    );
    expect(location("media-media.conf")).not.toContain("internal;");
    expect(location("media-invoices.conf")).toEqual(expect.arrayContaining(["location ^~ /invoices/ {", "internal;"]));
    expect(location("media-invoices.conf")).not.toContain("include limited/media.conf;");
    expect(edge.map(({ path }) => path).filter((path) => ofMedia.test(path))).toEqual([
      `${nginx}/edge/locations/media-media.conf`,
      `${nginx}/limited/media.conf`,
    ]);
    expect(directives(contentOf(edge, `${nginx}/limits.conf`))).toContain(
      "limit_req_zone $limit_client zone=media:10m rate=200r/s;",
    );
  });

  test("the policy of media is added once: with all others, or by a host that has no others", () => {
    const policies = (plan?: typeof standalone) =>
      (plan === undefined ? web(withMedia(uploads)) : web(withMedia(uploads), plan)).files
        .filter(({ content }) => /sandbox/.test(content) && /add_header Content-Security-Policy/.test(content))
        .map(({ path }) => path);
    expect(policies()).toEqual([`${nginx}/web/media.conf`]);
    expect(policies(standalone)).toEqual([`${nginx}/security-headers.conf`]);
  });

  test("the balancer of a cloud has each host grant its share of the limit", () => {
    const plan = { ...baselinePlan("debian-13"), cloudBalancer: { hosts: 4 } };
    const host = web(withMedia(uploads), plan);
    expect(host.lines(`${nginx}/limits.conf`)).toContain("limit_req_zone $limit_client zone=media:10m rate=50r/s;");
    expect(host.lines(`${nginx}/limited/media.conf`)).toContain("limit_req zone=media burst=100 nodelay;");
  });
});
