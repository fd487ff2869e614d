import { healthCheck, steadySeconds } from "../../lib/aws/balancerHealth";
import { platformIds } from "../../lib/platforms";
import { webFiles, type WebPlan } from "../../lib/webFiles";
import { baselinePlan, baselineSettings, contentOf, directives } from "../support/baseline";

const nginx = "/etc/portico/nginx";
const units = "/etc/systemd/system";

function web(overrides: Record<string, unknown> = {}, plan: WebPlan = baselinePlan("debian-13")) {
  const files = webFiles(baselineSettings(overrides), plan);
  const paths = files.map(({ path }) => path);
  return { files, paths, lines: (path: string) => directives(contentOf(files, path)) };
}

describe("all files", () => {
  test.each(platformIds)("are sorted, stand once, end with a line break and have no hole left (%s)", (id) => {
    const { files, paths } = web({}, baselinePlan(id));
    expect(paths).toEqual([...new Set(paths)].sort());
    for (const { path, content, mode, owner } of files) {
      expect({ path, ends: content.endsWith("\n") }).toEqual({ path, ends: true });
      expect(content).not.toMatch(/@[a-z][A-Za-z0-9]*@/);
      expect({ path, mode, owner }).toEqual({ path, mode: "0644", owner: "root" });
    }
  });

  test("equal settings give equal files", () => {
    expect(web().files).toEqual(web().files);
  });

  test("have the effect that a change of them needs", () => {
    const { files } = web();
    const effects = Object.fromEntries(files.map(({ path, effect }) => [path, effect]));
    expect(effects).toMatchObject({
      [`${nginx}/nginx.conf`]: "nginx",
      [`${nginx}/web/locations/app.conf`]: "nginx",
      [`${nginx}/pages/429.html`]: "none",
      [`${units}/portico-nginx.service`]: "nginxUnit",
      [`${units}/portico-nginx.service.d/50-web.conf`]: "nginxUnit",
      [`${units}/portico-app@.service`]: "appUnit",
      [`${units}/portico-app@blue.service.d/50-socket.conf`]: "appUnit",
      [`${units}/portico-app.socket`]: "systemd",
      [`${units}/portico-probe@.socket`]: "systemd",
      [`${units}/portico-lease.service`]: "systemd",
      [`${units}/portico-lease.timer`]: "systemd",
      "/opt/portico/revision/gunicorn.conf.py": "app",
      "/opt/portico/revision/environment": "app",
      "/etc/ssh/sshd_config.d/10-portico.conf": "sshd",
      "/etc/sysctl.d/60-portico.conf": "sysctl",
      "/etc/logrotate.d/portico": "none",
    });
  });
});

describe("Nginx", () => {
  const nginxLines = (overrides = {}, plan = baselinePlan("debian-13")) => {
    const { files } = web(overrides, plan);
    return files.filter(({ path }) => path.startsWith(nginx)).flatMap(({ path, content }) => directives(content).map((line) => ({ path, line })));
  };
  const placesOf = (pattern: RegExp, overrides = {}, plan = baselinePlan("debian-13")) =>
    nginxLines(overrides, plan).filter(({ line }) => pattern.test(line)).map(({ path }) => path.slice(nginx.length + 1));

  test("headers are added at http level only, where no level below replaces them", () => {
    expect([...new Set(placesOf(/^add_header/))]).toEqual(["headers.conf", "web/assets.conf", "web/limits.conf"]);
    expect(nginxLines().filter(({ line }) => line.startsWith("add_header") && !line.endsWith(" always;"))).toEqual([]);
  });

  test("no header is added twice but by value", () => {
    const names = nginxLines().flatMap(({ line }) => /^add_header (\S+) \$/.exec(line)?.[1] ?? []);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual(["Cache-Control"]);
  });

  test("only streaming locations are unbuffered, and without streams there is none", () => {
    expect(placesOf(/^proxy_buffering/)).toEqual(["web/locations/streams.conf"]);
    expect(placesOf(/^proxy_buffering/, { app: { streamPaths: [] } })).toEqual([]);
    expect(placesOf(/request_buffering|proxy_cache/)).toEqual([]);
  });

  test("Debian 12 names HTTP/2 in the listen directive, Debian 13 in one of its own", () => {
    expect(placesOf(/^http2 on;/)).toEqual(["dialect.conf"]);
    expect(placesOf(/^listen .*http2/)).toEqual([]);
    const old = baselinePlan("debian-12");
    expect(placesOf(/^http2/, {}, old)).toEqual([]);
    expect(placesOf(/^listen 8443 ssl http2 default_server/, {}, old)).toEqual(["sites/web.conf"]);
    expect(placesOf(/^ssl_session_tickets off;/, {}, old)).toEqual(["dialect.conf"]);
    expect(placesOf(/^ssl_session_tickets/)).toEqual([]);
  });

  test.each(["ubuntu-24.04", "ubuntu-22.04"] as const)("%s names HTTP/2 as Debian 12 does", (id) => {
    expect(placesOf(/^http2/, {}, baselinePlan(id))).toEqual([]);
    expect(placesOf(/^listen 8443 ssl http2 default_server/, {}, baselinePlan(id))).toEqual(["sites/web.conf"]);
    expect(placesOf(/^ssl_session_tickets off;/, {}, baselinePlan(id))).toEqual(["dialect.conf"]);
  });

  test("Ubuntu 26.04 names HTTP/2 as Debian 13 does", () => {
    expect(placesOf(/^http2 on;/, {}, baselinePlan("ubuntu-26.04"))).toEqual(["dialect.conf"]);
    expect(placesOf(/^listen .*http2/, {}, baselinePlan("ubuntu-26.04"))).toEqual([]);
  });

  test("the hybrid group is offered where OpenSSL has it", () => {
    for (const id of platformIds) {
      const offered = ["debian-13", "ubuntu-26.04"].includes(id);
      expect(placesOf(/^ssl_ecdh_curve \?X25519MLKEM768:X25519:/, {}, baselinePlan(id))).toEqual(offered ? ["tls.conf"] : []);
      expect(placesOf(/MLKEM/, {}, baselinePlan(id))).toEqual(offered ? ["tls.conf"] : []);
    }
  });

  test("the unit sends early errors to the journal, except where Nginx 1.18 has no option for it", () => {
    for (const id of platformIds) {
      const unit = web({}, baselinePlan(id)).lines(`${units}/portico-nginx.service`);
      const commands = unit.filter((line) => /^Exec\w+=\/usr\/sbin\/nginx /.test(line));
      expect(commands).toHaveLength(3);
      for (const command of commands) expect(command.includes(" -e stderr -p /var/ -c ")).toBe(id !== "ubuntu-22.04");
    }
  });

  test("no upstream connection is kept, no user is changed, nothing listens below 1024", () => {
    expect(placesOf(/^(keepalive|user|pid|daemon)\b/)).toEqual([]);
    expect(placesOf(/^listen (?!8443\b|127\.0\.0\.1:8081;)/)).toEqual([]);
  });

  test("descriptors for all connections are allowed, in the configuration and in the unit", () => {
    const { lines } = web({ nginx: { workerConnections: 1000 } });
    expect(lines(`${nginx}/nginx.conf`)).toEqual(expect.arrayContaining(["worker_connections 1000;", "worker_rlimit_nofile 4000;"]));
    expect(lines(`${units}/portico-nginx.service`)).toContain("LimitNOFILE=4000");
  });

  test("only the balancers are believed; without one nobody is", () => {
    const { lines } = web();
    expect(lines(`${nginx}/web/client.conf`)).toEqual(expect.arrayContaining(["set_real_ip_from 10.31.64.10;", "real_ip_recursive off;"]));
    expect(lines(`${nginx}/trust.conf`)).toContain("10.31.64.10 1;");
    const alone = web({}, { ...baselinePlan("debian-13"), balancerAddresses: [] });
    expect(alone.lines(`${nginx}/web/client.conf`).filter((line) => line.startsWith("set_real_ip_from"))).toEqual([]);
    expect(alone.lines(`${nginx}/trust.conf`).filter((line) => / 1;$/.test(line))).toEqual([]);
  });

  test("the site answers to its names and to the one that hosts share", () => {
    expect(web().lines(`${nginx}/sites/web.conf`)).toContain("server_name portico.internal 10.31.64.10 web.portico.internal;");
  });

  test("the path that a balancer asks stays when the application's health path is another one", () => {
    const asked = (livePath: string) => directives(contentOf(web({ app: { livePath } }).files, `${nginx}/sites/web.conf`)).filter((line) => /^location =|^rewrite/.test(line));
    expect(asked("/alive/yes")).toEqual([`location = ${healthCheck.path} {`, "rewrite ^ /alive/yes break;"]);
    expect(asked("/healthz")).toEqual([`location = ${healthCheck.path} {`, "rewrite ^ /healthz break;"]);
  });

  test("rates, bursts and exempt clients are those of the settings", () => {
    const rateLimits = { general: { requestsPerSecond: 7, burst: 9 }, login: { requestsPerMinute: 6, burst: 0, paths: ["/login", "/login/"] }, exempt: ["10.0.0.0/8"] };
    const { lines } = web({ nginx: { rateLimits } });
    expect(lines(`${nginx}/web/limits.conf`)).toEqual(
      expect.arrayContaining(["10.0.0.0/8 1;", "limit_req_zone $limit_client zone=general:10m rate=7r/s;", "limit_req_zone $limit_login zone=login:10m rate=6r/m;", "limit_req_dry_run off;", '"429:" "10";']),
    );
    expect(lines(`${nginx}/web/limits.conf`).filter((line) => line.startsWith('"POST:'))).toEqual(['"POST:/login" $limit_client;', '"POST:/login/" $limit_client;']);
    expect(lines(`${nginx}/web/limited.conf`)).toEqual(["limit_req zone=general burst=9 nodelay;", "limit_req zone=login nodelay;"]);
    expect(web({ nginx: { rateLimits: { dryRun: true } } }).lines(`${nginx}/web/limits.conf`)).toContain("limit_req_dry_run on;");
  });

  test("limits are in force where requests go to the application, not on static files or the health path", () => {
    expect(placesOf(/^include web\/limited\.conf;/)).toEqual(["web/locations/app.conf", "web/locations/streams.conf"]);
    expect(placesOf(/^limit_req zone/)).toEqual(["web/limited.conf", "web/limited.conf"]);
  });

  test("without static files there is no location for them", () => {
    expect(web().paths).toContain(`${nginx}/web/locations/static.conf`);
    expect(web({ app: { staticFolder: null } }).paths).not.toContain(`${nginx}/web/locations/static.conf`);
  });

  test("security headers follow the settings", () => {
    const headers = (overrides: Record<string, unknown>) => web({ nginx: { headers: overrides } }).lines(`${nginx}/headers.conf`);
    expect(headers({ hstsIncludeSubDomains: true, hstsPreload: true })).toContain('"on:" "max-age=63072000; includeSubDomains; preload";');
    expect(headers({ hstsSeconds: 0, hstsPreload: true })).toContain('"on:" "";');
    expect(headers({ contentSecurityPolicy: "default-src 'self'" })).toContain(`"" "default-src 'self'";`);
    expect(headers({ crossOriginEmbedderPolicy: false }).join("\n")).not.toContain("require-corp");
  });
});

describe("a host that sends measures and logs", () => {
  const observation = { region: "eu-central-1", namespace: "Portico", logGroup: "/portico/portico-prod", stack: "portico-prod" };
  const observed = web({}, { ...baselinePlan("debian-13"), observation });
  const added = ["/etc/portico/observe.json", `${units}/portico-observe.service`, `${units}/portico-observe.timer`, "/etc/tmpfiles.d/portico-observe.conf"];

  test("gets what does it besides all other files, which stay as they are", () => {
    expect(observed.files.filter(({ path }) => !added.includes(path))).toEqual(web().files);
    expect(observed.paths.filter((path) => added.includes(path))).toEqual(added);
  });

  test("knows where to send", () => {
    expect(JSON.parse(contentOf(observed.files, "/etc/portico/observe.json"))).toEqual(observation);
  });

  test("sends each minute, and for the first time before the balancer can have found it healthy for as long as it has to", () => {
    const timer = observed.lines(`${units}/portico-observe.timer`);
    expect(timer).toEqual(expect.arrayContaining(["OnActiveSec=10s", "OnCalendar=*:*:00"]));
    expect(healthCheck.interval + steadySeconds).toBeGreaterThan(10);
  });

  test("is alone with a unit that may ask the metadata service", () => {
    const denying = (path: string) => observed.lines(path).some((line) => /^IPAddressDeny=(any$|169\.254\.169\.254\/32 )/.test(line));
    const services = observed.paths.filter((path) => /\.service$/.test(path) && path.startsWith(units));
    const open = services.filter((path) => !denying(path) && !observed.paths.some((other) => other.startsWith(`${path}.d/`) && denying(other)));
    expect(open).toEqual([`${units}/portico-observe.service`]);
    expect(services.length).toBeGreaterThan(3);
  });
});

test("a template that nothing renders would be a file nobody gets: all of them are in use", async () => {
  const { readdirSync } = await import("node:fs");
  const { edgeFiles } = await import("../../lib/edgeFiles");
  const templates = ["common", "web", "edge"].flatMap((role) =>
    readdirSync(`${__dirname}/../../files/${role}`, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => item.name),
  );
  const observation = { region: "eu-central-1", namespace: "Portico", logGroup: "/portico/portico-prod", stack: "portico-prod" };
  const variants = [{}, { app: { network: "none", allowWritableExecutableMemory: true, migration: { command: ["flask"] } } }];
  const observed = web({}, { ...baselinePlan("debian-13"), observation }).files;
  const rendered = variants.flatMap((overrides) => [...web(overrides).files, ...edgeFiles(baselineSettings(overrides), baselinePlan("debian-13"))]);
  const names = new Set([...[...rendered, ...observed].map(({ path }) => path.slice(path.lastIndexOf("/") + 1)), "dialect-1.18.conf", "dialect-1.26.conf"]);
  expect(templates.filter((name) => !names.has(name))).toEqual([]);
});
