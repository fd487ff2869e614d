import { baselinePlan } from "../support/baseline";
import { nginx, placesOf, web } from "../support/webHost";

const rateLimits = {
  general: { requestsPerSecond: 7, burst: 9 },
  login: { requestsPerMinute: 6, burst: 0, paths: ["/login", "/login/"] },
  exempt: ["10.0.0.0/8"],
  connectionsPerClient: 50,
  requestsPerClient: 20,
  streamsPerClient: 5,
};

test("rates, bursts and exempt clients are those of the settings", () => {
  const { lines } = web({ nginx: { rateLimits } });
  expect(lines(`${nginx}/limits.conf`)).toEqual(
    expect.arrayContaining([
      "10.0.0.0/8 1;",
      "limit_req_zone $limit_client zone=general:10m rate=7r/s;",
      "limit_req_zone $limit_login zone=login:10m rate=6r/m;",
      "limit_req_dry_run off;",
      "limit_conn_dry_run off;",
      "http2_max_concurrent_streams 20;",
      'default "10";',
    ]),
  );
  expect(lines(`${nginx}/limits.conf`).filter((line) => line.startsWith('"POST:'))).toEqual([
    '"POST:/login" $limit_client;',
    '"POST:/login/" $limit_client;',
  ]);
  expect(lines(`${nginx}/limited/app.conf`)).toEqual([
    "limit_req zone=general burst=9 nodelay;",
    "limit_req zone=login nodelay;",
    "limit_conn client_connections 50;",
    "limit_conn client_requests 20;",
  ]);
  expect(lines(`${nginx}/limited/streams.conf`)).toEqual([
    "limit_req zone=general burst=9 nodelay;",
    "limit_req zone=login nodelay;",
    "limit_conn client_connections 50;",
    "limit_conn client_streams 5;",
  ]);
  expect(lines(`${nginx}/limited/server.conf`)).toEqual(["limit_conn client_connections 50;"]);
  const dry = web({ nginx: { rateLimits: { dryRun: true } } }).lines(`${nginx}/limits.conf`);
  expect(dry).toEqual(expect.arrayContaining(["limit_req_dry_run on;", "limit_conn_dry_run on;"]));
});

test("hosts behind the balancer of a cloud share what a client may have, rounded up; it makes no id of a request", () => {
  const { lines } = web({ nginx: { rateLimits } }, { ...baselinePlan("debian-13"), cloudBalancer: { hosts: 3 } });
  expect(lines(`${nginx}/limits.conf`)).toEqual(
    expect.arrayContaining([
      "limit_req_zone $limit_client zone=general:10m rate=140r/m;",
      "limit_req_zone $limit_login zone=login:10m rate=2r/m;",
      "http2_max_concurrent_streams 7;",
      'map "$limit_exempt:0" $limit_client {',
    ]),
  );
  expect(lines(`${nginx}/limited/app.conf`)).toEqual([
    "limit_req zone=general burst=3 nodelay;",
    "limit_req zone=login nodelay;",
    "limit_conn client_connections 17;",
    "limit_conn client_requests 7;",
  ]);
  expect(lines(`${nginx}/limited/streams.conf`)).toContain("limit_conn client_streams 2;");
  expect(lines(`${nginx}/trust.conf`)).toContain('map "0:$http_x_request_id" $shared_request_id {');
  expect(web({ nginx: { rateLimits } }).lines(`${nginx}/trust.conf`)).toContain(
    'map "$from_balancer:$http_x_request_id" $shared_request_id {',
  );
});

test("limits are in force where requests go to the application, not on static files or the health path", () => {
  expect(placesOf(/^include limited\/app\.conf;/)).toEqual(["web/locations/app.conf"]);
  expect(placesOf(/^include limited\/streams\.conf;/)).toEqual(["web/locations/streams.conf"]);
  expect(placesOf(/^limit_req zone/)).toEqual([
    "limited/app.conf",
    "limited/app.conf",
    "limited/streams.conf",
    "limited/streams.conf",
  ]);
});

test("streams find room for half of the threads of the smallest host, for what the settings say, or without limit for asgi", () => {
  const room = (overrides: Record<string, unknown>) =>
    web(overrides)
      .lines(`${nginx}/web/upstream.conf`)
      .filter((line) => line.startsWith("server unix:"))
      .slice(1);
  const all = "server unix:/run/portico/app.sock fail_timeout=0;";
  const most = (number: number) => [all, `server unix:/run/portico/app.sock fail_timeout=0 max_conns=${number};`];
  expect(room({})).toEqual(most(6));
  expect(room({ gunicorn: { workers: 4, threads: 8 } })).toEqual(most(16));
  expect(room({ gunicorn: { workers: 1, threads: 1 } })).toEqual(most(1));
  expect(room({ nginx: { streamsPerHost: 9 } })).toEqual(most(9));
  expect(room({ gunicorn: { workerClass: "asgi" } })).toEqual([all, all]);
  expect(room({ gunicorn: { workerClass: "asgi" }, nginx: { streamsPerHost: 400 } })).toEqual(most(400));
});

test("proxies before the balancer of a cloud are believed on the host, those before ours are not", () => {
  const trusted = { site: { trustedProxies: ["192.0.2.0/24"] } };
  const cloud = web(trusted, { ...baselinePlan("debian-13"), cloudBalancer: { hosts: 2 } });
  expect(cloud.lines(`${nginx}/web/client.conf`)).toEqual([
    "real_ip_header X-Forwarded-For;",
    "real_ip_recursive on;",
    "set_real_ip_from 10.31.64.10;",
    "set_real_ip_from 192.0.2.0/24;",
  ]);
  expect(web(trusted).lines(`${nginx}/web/client.conf`)).toEqual([
    "real_ip_header X-Forwarded-For;",
    "real_ip_recursive off;",
    "set_real_ip_from 10.31.64.10;",
  ]);
});
