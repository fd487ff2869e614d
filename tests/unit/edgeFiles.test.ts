import { balancerFiles } from "../../lib/hostFiles/balancer";
import { platformIds } from "../../lib/hosts/platforms";
import { baselinePlan, baselineSettings, contentOf, directives } from "../support/baseline";

const nginx = "/etc/portico/nginx";

function edge(overrides: Record<string, unknown> = {}, plan = baselinePlan("debian-13")) {
  const files = balancerFiles(baselineSettings(overrides), plan);
  return { files, paths: files.map(({ path }) => path), lines: (path: string) => directives(contentOf(files, path)) };
}

test.each(platformIds)("files are sorted, stand once and have no hole left (%s)", (id) => {
  const { files, paths } = edge({}, baselinePlan(id));
  expect(paths).toEqual([...new Set(paths)].sort());
  for (const { content } of files) expect(content).not.toMatch(/@[a-z][A-Za-z0-9]*@/);
});

test("a balancer has nothing of the application", () => {
  expect(edge().paths.filter((path) => /portico-app|portico-probe|\/opt\/|\/web|assets/.test(path))).toEqual([]);
});

test("a balancer believes nobody about a request", () => {
  expect(edge().lines(`${nginx}/trust.conf`)).toEqual(
    expect.arrayContaining(["geo $realip_remote_addr $from_balancer {", "default 0;"]),
  );
  expect(
    edge()
      .lines(`${nginx}/trust.conf`)
      .filter((line) => / 1;$/.test(line)),
  ).toEqual([]);
  expect(
    edge().files.filter(({ content }) => directives(content).some((line) => line.startsWith("set_real_ip_from"))),
  ).toEqual([]);
});

test("a balancer limits clients, static files by what is under way alone", () => {
  const included = (name: string) =>
    edge()
      .lines(`${nginx}/edge/${name}.conf`)
      .filter((line) => line.startsWith("include"));
  expect(included("locations/hosts")).toEqual(["include limited/app.conf;", "include edge/request-proxy.conf;"]);
  expect(included("locations/streams")).toEqual(["include limited/streams.conf;", "include edge/stream-proxy.conf;"]);
  // Before a reload a request takes another way, to the same limits.
  expect(included("locations/closing")).toEqual([
    "include limited/app.conf;",
    "include edge/request-proxy.conf;",
    "include limited/streams.conf;",
    "include edge/stream-proxy.conf;",
    "include edge/request-proxy.conf;",
  ]);
  expect(included("locations/static")).toEqual(["include edge/request-proxy.conf;"]);
  expect(included("server")).toEqual(["include edge/client.conf;", "include limited/server.conf;"]);
  expect(edge({ app: { staticFolder: null } }).paths).not.toContain(`${nginx}/edge/locations/static.conf`);
  expect(edge().paths).not.toContain(`${nginx}/edge/locations/root-files.conf`);
  expect(edge({ app: { rootFiles: ["robots.txt"] } }).paths).toContain(`${nginx}/edge/locations/root-files.conf`);
});

test("a balancer believes the proxies that the settings name about the client, and about nothing else", () => {
  const { lines } = edge({ site: { trustedProxies: ["192.0.2.0/24", "2001:db8::/32"] } });
  expect(lines(`${nginx}/edge/client.conf`)).toEqual([
    "real_ip_header X-Forwarded-For;",
    "real_ip_recursive on;",
    "set_real_ip_from 192.0.2.0/24;",
    "set_real_ip_from 2001:db8::/32;",
  ]);
  expect(lines(`${nginx}/trust.conf`).filter((line) => / 1;$/.test(line))).toEqual([]);
});

test("a balancer too takes back what nobody confirmed", () => {
  expect(edge().lines("/etc/systemd/system/portico-lease.timer")).toEqual(
    expect.arrayContaining(["OnCalendar=*:*:0/10", "WantedBy=timers.target"]),
  );
  expect(edge().lines("/etc/systemd/system/portico-lease.service")).toEqual(
    expect.arrayContaining([
      "ConditionPathExists=/var/lib/portico/lease.json",
      "ExecStart=/usr/local/sbin/portico-host expire",
      "Type=oneshot",
    ]),
  );
});

test("the list of hosts is the health check's, for kept connections and for new ones", () => {
  const list = ["least_conn;", "include /var/lib/portico/watch/servers.conf;"];
  expect(edge().lines(`${nginx}/edge/upstream.conf`)).toEqual([
    ...["map $request_method $host_group {", "default new_hosts;", "GET kept_hosts;", "HEAD kept_hosts;", "}"],
    ...["map $request_method $hosts_connection {", "default close;", 'GET "";', 'HEAD "";', "}"],
    ...["map $upstream_addr $host_name {", "volatile;", "default none.invalid;"],
    ...["include /var/lib/portico/watch/names.conf;", "}"],
    ...["upstream kept_hosts {", "zone kept_hosts 64k;", ...list],
    ...["keepalive 64;", "keepalive_timeout 60s;", "keepalive_requests 10000;", "}"],
    ...["upstream new_hosts {", "zone new_hosts 64k;", ...list, "}"],
  ]);
  const { hosts } = JSON.parse(contentOf(edge().files, "/etc/portico/watch.json"));
  expect(hosts).toEqual([
    { name: "web-1", address: "10.31.64.11", server: "10.31.64.11:8443 max_fails=0" },
    { name: "web-2", address: "10.31.64.12", server: "10.31.64.12:8443 max_fails=0" },
  ]);
});

test("clients have a thousand requests of a connection, the balancer far more", () => {
  const lines = (file: string) =>
    edge()
      .lines(`${nginx}/${file}`)
      .filter((line) => line.startsWith("keepalive_requests"));
  expect(lines("edge/server.conf")).toEqual(["keepalive_requests 1000;"]);
  expect(lines("nginx.conf")).toEqual(["keepalive_requests 100000;"]);
});

test("only requests that may be sent again go by a kept connection, and streams by none", () => {
  expect(edge().lines(`${nginx}/edge/request-proxy.conf`)).toEqual([
    "include edge/host-proxy.conf;",
    "proxy_pass https://$host_group;",
    "proxy_set_header Connection $hosts_connection;",
  ]);
  expect(edge().lines(`${nginx}/edge/stream-proxy.conf`)).toContain("proxy_pass https://new_hosts;");
});

test.each([
  [75, 60],
  [61, 60],
  [60, 59],
  [5, 4],
])("a host waits %d s for the next request, the balancer %d s", (keepaliveTimeoutSeconds, kept) => {
  const shortest = {
    app: { deadlineSeconds: 1 },
    gunicorn: { timeoutSeconds: 2, gracefulTimeoutSeconds: 1 },
    nginx: { proxyReadTimeoutSeconds: 3, keepaliveTimeoutSeconds },
    balancer: { idleTimeoutSeconds: 4 },
  };
  expect(edge(shortest).lines(`${nginx}/edge/upstream.conf`)).toContain(`keepalive_timeout ${kept}s;`);
});

test("a single host is never taken out: nothing asks for its health", () => {
  const alone = edge({}, { ...baselinePlan("debian-13"), webHosts: [{ name: "web-1", address: "2001:db8::1" }] });
  expect(alone.lines(`${nginx}/edge/upstream.conf`)).toContain("server [2001:db8::1]:8443 max_fails=0;");
  expect(alone.paths.filter((path) => /watch|unreached/.test(path))).toEqual([]);
});

test("before a reload each answer closes its connection, where Nginx does not keep idle ones by itself", () => {
  const old = edge();
  expect(old.lines(`${nginx}/edge/locations/hosts.conf`)).toContain(
    "if (-f /run/portico-nginx/closing) { return 418; }",
  );
  expect(old.lines(`${nginx}/edge/locations/streams.conf`)).toContain(
    "if (-f /run/portico-nginx/closing) { return 419; }",
  );
  expect(old.lines(`${nginx}/dialect.conf`).join()).not.toContain("keepalive_min_timeout");
  const newer = edge({}, baselinePlan("ubuntu-26.04"));
  expect(newer.lines(`${nginx}/dialect.conf`)).toContain("keepalive_min_timeout 2s;");
  expect(newer.paths.filter((path) => path.includes("closing"))).toEqual([]);
  expect(newer.files.filter(({ content }) => directives(content).some((line) => line.includes("-f /run")))).toEqual([]);
});

test("old workers of a balancer stay as long as a stream may be silent, those of a host as its settings say", () => {
  const ofBalancer = (overrides = {}) =>
    edge(overrides)
      .lines(`${nginx}/nginx.conf`)
      .find((line) => line.startsWith("worker_shutdown_timeout"));
  expect(ofBalancer()).toBe("worker_shutdown_timeout 3600s;");
  expect(ofBalancer({ nginx: { streamReadTimeoutSeconds: 30 } })).toBe("worker_shutdown_timeout 60s;");
  expect(ofBalancer({ app: { streamPaths: [] } })).toBe("worker_shutdown_timeout 60s;");
});

test("a balancer without hosts is refused", () => {
  expect(() => edge({}, { ...baselinePlan("debian-13"), webHosts: [] })).toThrow(
    /^webHosts: got none; allowed: .+; .+$/,
  );
});

test("hosts are verified, a POST is never sent twice, nothing of a client is passed on", () => {
  const lines = edge().lines(`${nginx}/edge/host-proxy.conf`);
  expect(lines).toEqual(
    expect.arrayContaining([
      "proxy_ssl_verify on;",
      "proxy_ssl_verify_depth 0;",
      "proxy_ssl_certificate ../tls/client.pem;",
      "proxy_ssl_certificate_key ../tls/client.pem;",
      "proxy_ssl_trusted_certificate ../tls/ca.crt;",
      "proxy_ssl_name $host_name;",
      "proxy_ssl_server_name on;",
      "proxy_next_upstream error timeout;",
      "proxy_next_upstream_timeout 15s;",
      "proxy_set_header X-Forwarded-For $remote_addr;",
      "proxy_set_header X-Forwarded-Proto $scheme;",
    ]),
  );
  expect(lines.join("\n")).not.toMatch(/non_idempotent|proxy_add_x_forwarded_for|http_host/);
});

test("the balancer keeps no answers on disk, and takes longer requests than a host", () => {
  expect(edge().lines(`${nginx}/edge/host-proxy.conf`)).toEqual(
    expect.arrayContaining([
      "proxy_max_temp_file_size 0;",
      "proxy_buffer_size 37k;",
      "proxy_buffers 8 16k;",
      "proxy_busy_buffers_size 37k;",
    ]),
  );
  expect(edge().lines(`${nginx}/edge/server.conf`)).toContain("large_client_header_buffers 5 16k;");
});

test("plain HTTP is sent to HTTPS without a change of the method", () => {
  expect(
    edge()
      .lines(`${nginx}/sites/edge.conf`)
      .filter((line) => line.startsWith("return 3")),
  ).toEqual(["return 308 https://$host$request_uri;"]);
});

test("what is late is not asked for again: the next host is asked for less time than any answer may take", () => {
  const seconds = (line: string, lines: string[]) =>
    Number(new RegExp(`^${line} (\\d+)s;$`).exec(lines.find((each) => each.startsWith(line))!)![1]);
  for (const idleTimeoutSeconds of [4, 15, 16, 60]) {
    const shortest = {
      app: { deadlineSeconds: 1 },
      gunicorn: { timeoutSeconds: 2, gracefulTimeoutSeconds: 1 },
      nginx: { proxyReadTimeoutSeconds: 3 },
      balancer: { idleTimeoutSeconds },
    };
    const { lines } = edge(shortest);
    const limit = seconds("proxy_next_upstream_timeout", lines(`${nginx}/edge/host-proxy.conf`));
    expect(limit).toBeLessThan(seconds("proxy_read_timeout", lines(`${nginx}/edge/server.conf`)));
    expect(limit).toBeGreaterThan(seconds("proxy_connect_timeout", lines(`${nginx}/edge/host-proxy.conf`)));
    expect(limit).toBeLessThan(seconds("proxy_send_timeout", lines(`${nginx}/edge/host-proxy.conf`)));
    expect(limit).toBeLessThan(seconds("proxy_read_timeout", lines(`${nginx}/edge/stream-proxy.conf`)));
  }
});

test("only streaming locations are unbuffered", () => {
  const unbuffered = edge()
    .files.filter(({ content }) => directives(content).some((line) => line.startsWith("proxy_buffering off")))
    .map(({ path }) => path);
  expect(unbuffered).toEqual([`${nginx}/edge/stream-proxy.conf`]);
  const users = edge()
    .files.filter(({ content }) => directives(content).includes("include edge/stream-proxy.conf;"))
    .map(({ path }) => path);
  expect(users).toEqual([`${nginx}/edge/locations/closing.conf`, `${nginx}/edge/locations/streams.conf`]);
  expect(edge({ app: { streamPaths: [] } }).paths).not.toContain(`${nginx}/edge/locations/streams.conf`);
});

test("a silent host is given the balancer's idle time, more than the host gives the application", () => {
  expect(edge({ balancer: { idleTimeoutSeconds: 65 } }).lines(`${nginx}/edge/server.conf`)).toContain(
    "proxy_read_timeout 65s;",
  );
});

test("Debian 12 names HTTP/2 in the listen directive, of HTTPS alone", () => {
  const listens = edge({}, baselinePlan("debian-12"))
    .lines(`${nginx}/sites/edge.conf`)
    .filter((line) => line.includes("http2"));
  expect(listens).toEqual([
    "listen 443 ssl http2 default_server backlog=4096;",
    "listen [::]:443 ssl http2 default_server backlog=4096;",
  ]);
  expect(edge().lines(`${nginx}/sites/edge.conf`).join("\n")).not.toContain("http2");
});

test("Nginx that died is back in a tenth of a second, which takes no restart to learn", () => {
  const file = edge().files.find(({ path }) => path.endsWith("/60-restart.conf"))!;
  expect([directives(file.content), file.effect]).toEqual([["[Service]", "RestartSec=100ms"], "systemd"]);
});

test("the unit keeps the right to low ports and no other", () => {
  const { lines } = edge();
  expect(lines("/etc/systemd/system/portico-nginx.service.d/50-edge.conf")).toEqual([
    "[Service]",
    "CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
    "AmbientCapabilities=CAP_NET_BIND_SERVICE",
  ]);
  expect(lines("/etc/systemd/system/portico-nginx.service")).toEqual(
    expect.arrayContaining([
      "User=www-data",
      "TimeoutStopSec=65",
      "ProtectSystem=strict",
      "SystemCallFilter=~@privileged @resources @aio memfd_create process_vm_readv process_vm_writev",
      "SystemCallErrorNumber=EPERM",
    ]),
  );
});
