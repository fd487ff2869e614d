import { readdirSync } from "node:fs";
import { contract } from "../../lib/base/contract";
import { balancerFiles } from "../../lib/hostFiles/balancer";
import { systemFiles } from "../../lib/hostFiles/system";
import { healthCheck } from "../../lib/targets/aws/balancer/health";
import { platformIds } from "../../lib/hosts/platforms";
import { baselinePlan, baselineSettings, contentOf, directives } from "../support/baseline";
import { nginx, nginxLines, placesOf, standalone, units, web } from "../support/webHost";

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
      "/opt/portico/revision/python/portico_asgi.py": "app",
      "/opt/portico/revision/python/portico_wsgi.py": "app",
      "/opt/portico/revision/environment": "app",
      "/etc/ssh/sshd_config.d/10-portico.conf": "sshd",
      "/etc/ssh/sshd_config.d/10-portico-algorithms.conf": "sshd",
      "/etc/ssh/sshd_config.d/10-portico-host-keys.conf": "sshd",
      "/etc/sysctl.d/60-portico.conf": "sysctl",
      "/etc/systemd/journald.conf.d/10-portico.conf": "journal",
      "/etc/systemd/coredump.conf.d/10-portico.conf": "none",
      "/etc/security/limits.d/10-portico.conf": "none",
      [`${units}/portico-nginx.service.d/60-core.conf`]: "systemd",
      "/etc/logrotate.d/portico": "none",
      "/etc/needrestart/conf.d/portico.conf": "none",
    });
  });
});

describe("Nginx", () => {
  test("headers are added at http level only, where no level below replaces them", () => {
    expect([...new Set(placesOf(/^add_header/, {}, standalone))]).toEqual([
      "headers.conf",
      "limits.conf",
      "security-headers.conf",
      "web/assets.conf",
    ]);
    expect(
      nginxLines({}, standalone).filter(({ line }) => line.startsWith("add_header") && !line.endsWith(" always;")),
    ).toEqual([]);
  });

  test("no header is added twice but by value", () => {
    const names = nginxLines({}, standalone).flatMap(({ line }) => /^add_header (\S+) \$/.exec(line)?.[1] ?? []);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual(["Cache-Control"]);
  });

  test("only streaming locations are unbuffered, and without streams there is none", () => {
    expect(placesOf(/^proxy_buffering/)).toEqual(["web/stream-proxy.conf"]);
    expect(placesOf(/stream-proxy/)).toEqual(["web/locations/streams.conf"]);
    expect(placesOf(/^proxy_buffering/, { app: { streamPaths: [] } })).toEqual([]);
    expect(placesOf(/request_buffering|proxy_cache/)).toEqual([]);
  });

  test("only Nginx 1.18 limits HTTP/2 by directives of its own, to what the balancer takes", () => {
    expect(placesOf(/^http2_max_(field|header)/)).toEqual([]);
    expect(placesOf(/^http2_max_(field|header)/, {}, baselinePlan("ubuntu-24.04"))).toEqual([]);
    const { lines } = web({}, baselinePlan("ubuntu-22.04"));
    expect(lines(`${nginx}/dialect.conf`)).toEqual(
      expect.arrayContaining(["http2_max_field_size 16k;", "http2_max_header_size 80k;"]),
    );
  });

  test("times for slow clients are settings; towards the balancer a host is patient", () => {
    const { lines } = web({ nginx: { clientBodyTimeoutSeconds: 70, sendTimeoutSeconds: 80 } });
    expect(lines(`${nginx}/nginx.conf`)).toEqual(
      expect.arrayContaining(["client_body_timeout 70s;", "send_timeout 80s;"]),
    );
    expect(lines(`${nginx}/web/server.conf`)).toContain("send_timeout 3600s;");
  });

  test("a host is more patient with its balancer than the balancer is with anybody", () => {
    const patience = (settings: Record<string, unknown>) =>
      web(settings)
        .lines(`${nginx}/web/server.conf`)
        .filter((line) => /^(client_header|send)_timeout /.test(line));
    expect(patience({})).toEqual(["client_header_timeout 65s;", "send_timeout 3600s;"]);
    expect(patience({ balancer: { idleTimeoutSeconds: 300 }, nginx: { keepaliveTimeoutSeconds: 400 } })).toEqual([
      "client_header_timeout 305s;",
      "send_timeout 3600s;",
    ]);
    expect(patience({ nginx: { sendTimeoutSeconds: 3000 } })).toEqual([
      "client_header_timeout 65s;",
      "send_timeout 6000s;",
    ]);
    expect(patience({ balancer: { idleTimeoutSeconds: 3599 }, nginx: { keepaliveTimeoutSeconds: 3600 } })).toEqual([
      "client_header_timeout 3604s;",
      "send_timeout 3604s;",
    ]);
  });

  test("Nginx keeps connections open for as long as the host program closes them for where Nginx cannot", () => {
    const newer = baselinePlan("debian-13");
    const lines = web({}, { ...newer, platform: { ...newer.platform, nginx: "1.28" } }).lines(`${nginx}/dialect.conf`);
    expect(lines).toContain(`keepalive_min_timeout ${contract.limits.closingSeconds}s;`);
  });

  test("a host keeps answers for slow readers", () => {
    expect(web({ nginx: { proxyMaxTempFileMegabytes: 7 } }).lines(`${nginx}/web/app-proxy.conf`)).toContain(
      "proxy_max_temp_file_size 7m;",
    );
  });

  test("Debian 12 names HTTP/2 in the listen directive, Debian 13 in one of its own", () => {
    expect(placesOf(/^http2 on;/)).toEqual(["dialect.conf"]);
    expect(placesOf(/^listen .*http2/)).toEqual([]);
    const old = baselinePlan("debian-12");
    expect(placesOf(/^http2 /, {}, old)).toEqual([]);
    expect(placesOf(/^listen 8443 ssl http2 default_server/, {}, old)).toEqual(["sites/web.conf"]);
    expect(placesOf(/^ssl_session_tickets off;/, {}, old)).toEqual(["dialect.conf"]);
    expect(placesOf(/^ssl_session_tickets/)).toEqual([]);
  });

  test.each(["ubuntu-24.04", "ubuntu-22.04"] as const)("%s names HTTP/2 as Debian 12 does", (id) => {
    expect(placesOf(/^http2 on/, {}, baselinePlan(id))).toEqual([]);
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
      expect(placesOf(/^ssl_ecdh_curve \?X25519MLKEM768:X25519:/, {}, baselinePlan(id))).toEqual(
        offered ? ["tls.conf"] : [],
      );
      expect(placesOf(/MLKEM/, {}, baselinePlan(id))).toEqual(offered ? ["tls.conf"] : []);
    }
  });

  test("the unit sends early errors to the journal, except where Nginx 1.18 has no option for it", () => {
    for (const id of platformIds) {
      const unit = web({}, baselinePlan(id)).lines(`${units}/portico-nginx.service`);
      const commands = unit.filter((line) => /^Exec\w+=\/usr\/sbin\/nginx /.test(line));
      expect(commands).toHaveLength(4);
      for (const command of commands) expect(command.includes(" -e stderr -p /var/ -c ")).toBe(id !== "ubuntu-22.04");
    }
  });

  test("health checks and streams come by connections of their own", () => {
    expect(placesOf(/^keepalive /)).toEqual(["web/upstream.conf"]);
    expect(placesOf(/\$app_group;$/)).toEqual(["web/request-proxy.conf", "web/request-proxy.conf"]);
    expect(placesOf(/request-proxy\.conf/)).toEqual(["web/locations/app.conf"]);
    expect(web().lines(`${nginx}/sites/web.conf`)).toContain("proxy_pass http://new_app;");
  });

  test("no user is changed, nothing listens below 1024", () => {
    expect(placesOf(/^(user|pid|daemon)\b/)).toEqual([]);
    expect(placesOf(/^listen (?!8443\b|127\.0\.0\.1:8081;)/)).toEqual([]);
  });

  test("descriptors for all connections are allowed, in the configuration and in the unit", () => {
    const { lines } = web({ nginx: { workerConnections: 1000 } });
    expect(lines(`${nginx}/nginx.conf`)).toEqual(
      expect.arrayContaining(["worker_connections 1000;", "worker_rlimit_nofile 4000;"]),
    );
    expect(lines(`${units}/portico-nginx.service`)).toContain("LimitNOFILE=262140");
  });

  test("only the balancers are believed; without one nobody is", () => {
    const { lines } = web();
    expect(lines(`${nginx}/web/client.conf`)).toEqual(
      expect.arrayContaining(["set_real_ip_from 10.31.64.10;", "real_ip_recursive off;"]),
    );
    expect(lines(`${nginx}/trust.conf`)).toContain("10.31.64.10 1;");
    const alone = web({}, { ...baselinePlan("debian-13"), balancerAddresses: [] });
    expect(alone.lines(`${nginx}/web/client.conf`).filter((line) => line.startsWith("set_real_ip_from"))).toEqual([]);
    expect(alone.lines(`${nginx}/trust.conf`).filter((line) => / 1;$/.test(line))).toEqual([]);
  });

  test("the site answers to its names and to the one that hosts share", () => {
    expect(web().lines(`${nginx}/sites/web.conf`)).toContain("server_name portico.internal 10.31.64.10;");
  });

  test("the path that a balancer asks stays when the application's health path is another one", () => {
    const asked = (livePath: string) =>
      directives(contentOf(web({ app: { livePath } }).files, `${nginx}/sites/web.conf`)).filter((line) =>
        /^location =|^rewrite/.test(line),
      );
    expect(asked("/alive/yes")).toEqual([`location = ${healthCheck.path} {`, "rewrite ^ /alive/yes break;"]);
    expect(asked("/healthz")).toEqual([`location = ${healthCheck.path} {`, "rewrite ^ /healthz break;"]);
  });

  test("without static files there is no location for them", () => {
    expect(web().paths).toContain(`${nginx}/web/locations/static.conf`);
    expect(web({ app: { staticFolder: null } }).paths).not.toContain(`${nginx}/web/locations/static.conf`);
  });

  test("redirects and files of the root have files of their own where there are any", () => {
    const places = ["sites/other-names.conf", "web/locations/redirects.conf", "web/locations/root-files.conf"].map(
      (name) => `${nginx}/${name}`,
    );
    expect(web().paths.filter((path) => places.includes(path))).toEqual([]);
    const site = {
      domains: ["portico.internal", "www.portico.internal"],
      redirectOtherDomains: true,
      redirects: { "/old": "/new" },
    };
    const siteNames = [...site.domains, "10.31.64.10"];
    const plan = { ...baselinePlan("debian-13"), siteNames };
    const { paths, lines } = web({ site, app: { rootFiles: ["robots.txt"] } }, plan);
    expect(paths.filter((path) => places.includes(path))).toEqual(places);
    expect(lines(places[0]!)).toContain("server_name www.portico.internal;");
    expect(lines(`${nginx}/sites/web.conf`)).toContain("server_name portico.internal 10.31.64.10;");
    expect(lines(places[1]!)).toContain("return 308 https://$host/new$is_args$args;");
    expect(lines(places[2]!)[0]).toBe("location ~ ^(?:/robots\\.txt)$ {");
  });

  test("security headers follow the settings", () => {
    const headers = (overrides: Record<string, unknown>) =>
      web({ nginx: { headers: overrides } }, standalone).lines(`${nginx}/security-headers.conf`);
    expect(headers({ hstsIncludeSubDomains: true, hstsPreload: true })).toContain(
      '"on:" "max-age=63072000; includeSubDomains; preload";',
    );
    expect(headers({ hstsSeconds: 0, hstsPreload: true })).toContain('"on:" "";');
    expect(headers({ contentSecurityPolicy: "default-src 'self'" })).toContain(`default "default-src 'self'";`);
    expect(headers({ crossOriginResourcePolicy: "same-site" })).toContain('default "same-site";');
    const byPath = [
      { path: "/", contentSecurityPolicy: "a" },
      { path: "/docs.v1/", contentSecurityPolicy: "b" },
      { path: "/static", crossOriginResourcePolicy: "cross-origin" },
    ];
    expect(headers({ byPath }).filter((line) => /^"~\^.* "(a|b|cross-origin)";$/.test(line))).toEqual([
      '"~^/docs\\.v1(?:/|$)" "b";',
      '"~^/" "a";',
      '"~^/static(?:/|$)" "cross-origin";',
    ]);
    expect(headers({ crossOriginEmbedderPolicy: false }).join("\n")).not.toContain("require-corp");
  });
});

test("a template that nothing renders would be a file nobody gets: all of them are in use", () => {
  const templates = ["common", "web", "edge"].flatMap((role) =>
    readdirSync(`${__dirname}/../../files/${role}`, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => item.name),
  );
  const telemetry = {
    region: "eu-central-1",
    namespace: "Portico",
    logGroup: "/portico/portico-prod",
    stack: "portico-prod",
  };
  const variants = [
    {},
    {
      app: {
        network: "none",
        data: ["uploads"],
        allowWritableExecutableMemory: true,
        allowSystemStatistics: true,
        migration: { command: ["flask"] },
        rootFiles: ["robots.txt"],
      },
      nginx: { compressPages: true, media: [{ path: "/media/", folder: "uploads" }] },
      site: {
        certificate: "acme",
        domains: ["shop.example", "www.shop.example"],
        redirectOtherDomains: true,
        redirects: { "/old": "/new" },
      },
    },
  ];
  const observed = web({}, { ...baselinePlan("debian-13"), telemetry }).files;
  const rendered = variants.flatMap((overrides) => [
    ...web(overrides).files,
    ...balancerFiles(baselineSettings(overrides), baselinePlan("debian-13")),
  ]);
  const updated = systemFiles({ ...baselineSettings(), updates: { automatic: "security", rebootWindow: null } });
  const names = new Set([
    ...[...rendered, ...observed, ...updated].map(({ path }) => path.slice(path.lastIndexOf("/") + 1)),
    // A host has some for each of its processes and schedules.
    "portico-process@.service",
    "portico-schedule.service",
    "portico-schedule.timer",
    ...["1.18", "1.22", "1.26", "1.28"].map((version) => `dialect-${version}.conf`),
  ]);
  expect(templates.filter((name) => !names.has(name))).toEqual([]);
});
