import { edgeFiles } from "../../lib/edgeFiles";
import { platformIds } from "../../lib/platforms";
import { baselinePlan, baselineSettings, contentOf, directives } from "../support/baseline";

const nginx = "/etc/portico/nginx";

function edge(overrides: Record<string, unknown> = {}, plan = baselinePlan("debian-13")) {
  const files = edgeFiles(baselineSettings(overrides), plan);
  return { files, paths: files.map(({ path }) => path), lines: (path: string) => directives(contentOf(files, path)) };
}

test.each(platformIds)("files are sorted, stand once and have no hole left (%s)", (id) => {
  const { files, paths } = edge({}, baselinePlan(id));
  expect(paths).toEqual([...new Set(paths)].sort());
  for (const { content } of files) expect(content).not.toMatch(/@[a-z][A-Za-z0-9]*@/);
});

test("a balancer has nothing of the application", () => {
  expect(edge().paths.filter((path) => /portico-app|portico-probe|\/opt\/|limit|\/web|assets/.test(path))).toEqual([]);
});

test("a balancer believes nobody about a request", () => {
  expect(edge().lines(`${nginx}/trust.conf`)).toEqual(expect.arrayContaining(["geo $realip_remote_addr $from_balancer {", "default 0;"]));
  expect(edge().lines(`${nginx}/trust.conf`).filter((line) => / 1;$/.test(line))).toEqual([]);
  expect(edge().files.filter(({ content }) => directives(content).some((line) => line.startsWith("set_real_ip_from")))).toEqual([]);
});

test("a balancer too takes back what nobody confirmed", () => {
  expect(edge().lines("/etc/systemd/system/portico-lease.timer")).toEqual(expect.arrayContaining(["OnCalendar=*:*:0/10", "WantedBy=timers.target"]));
  expect(edge().lines("/etc/systemd/system/portico-lease.service")).toEqual(
    expect.arrayContaining(["ConditionPathExists=/var/lib/portico/lease.json", "ExecStart=/usr/local/sbin/portico-host expire", "Type=oneshot"]),
  );
});

test("each host stands in the upstream, none of their connections is kept", () => {
  const lines = edge().lines(`${nginx}/edge/upstream.conf`);
  expect(lines).toEqual([
    "upstream hosts {",
    "zone hosts 64k;",
    "least_conn;",
    "server 10.31.64.11:8443 max_fails=3 fail_timeout=10s;",
    "server 10.31.64.12:8443 max_fails=3 fail_timeout=10s;",
    "}",
  ]);
});

test("a balancer without hosts is refused", () => {
  expect(() => edge({}, { ...baselinePlan("debian-13"), webHosts: [] })).toThrow(/^webHosts: got none; allowed: .+; .+$/);
});

test("hosts are verified, a POST is never sent twice, nothing of a client is passed on", () => {
  const lines = edge().lines(`${nginx}/edge/host-proxy.conf`);
  expect(lines).toEqual(
    expect.arrayContaining([
      "proxy_ssl_verify on;",
      "proxy_ssl_trusted_certificate ../tls/ca.crt;",
      "proxy_ssl_name web.portico.internal;",
      "proxy_ssl_server_name on;",
      "proxy_next_upstream error timeout http_502 http_503 http_504;",
      "proxy_next_upstream_tries 2;",
      "proxy_set_header X-Forwarded-For $remote_addr;",
      "proxy_set_header X-Forwarded-Proto $scheme;",
    ]),
  );
  expect(lines.join("\n")).not.toMatch(/non_idempotent|proxy_add_x_forwarded_for|http_host/);
});

test("only streaming locations are unbuffered", () => {
  const unbuffered = edge().files.filter(({ content }) => directives(content).some((line) => line.startsWith("proxy_buffering off"))).map(({ path }) => path);
  expect(unbuffered).toEqual([`${nginx}/edge/locations/streams.conf`]);
  expect(edge({ app: { streamPaths: [] } }).paths).not.toContain(`${nginx}/edge/locations/streams.conf`);
});

test("a silent host is given the balancer's idle time, more than the host gives the application", () => {
  expect(edge({ balancer: { idleTimeoutSeconds: 65 } }).lines(`${nginx}/edge/server.conf`)).toContain("proxy_read_timeout 65s;");
});

test("Debian 12 names HTTP/2 in the listen directive, of HTTPS alone", () => {
  const listens = edge({}, baselinePlan("debian-12")).lines(`${nginx}/sites/edge.conf`).filter((line) => line.includes("http2"));
  expect(listens).toEqual(["listen 443 ssl http2 default_server backlog=4096;", "listen [::]:443 ssl http2 default_server backlog=4096;"]);
  expect(edge().lines(`${nginx}/sites/edge.conf`).join("\n")).not.toContain("http2");
});

test("the unit keeps the right to low ports and no other", () => {
  const { lines } = edge();
  expect(lines("/etc/systemd/system/portico-nginx.service.d/50-edge.conf")).toEqual(["[Service]", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE", "AmbientCapabilities=CAP_NET_BIND_SERVICE"]);
  expect(lines("/etc/systemd/system/portico-nginx.service")).toEqual(expect.arrayContaining(["User=www-data", "TimeoutStopSec=65", "ProtectSystem=strict", "SystemCallFilter=~@privileged @resources"]));
});
