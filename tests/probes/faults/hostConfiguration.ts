import { group, type Probe } from "../probe";

const proxyGuards = [
  "Forwarded",
  "X-Forwarded-Host",
  "X-Forwarded-Port",
  "X-Forwarded-Prefix",
  "X-Forwarded-Protocol",
  "X-Forwarded-Ssl",
  "X-Real-IP",
  "Proxy",
];

/** Guards and times of Nginx, headers, and the system, as the real programs take them. */
export const hostConfiguration: readonly Probe[] = [
  ...group({ jest: ["rendered/webGuards.test.ts"] }, [
    ...proxyGuards.map((name) => ({
      name: `${name} passes a web host`,
      file: "app-proxy.conf",
      find: `proxy_set_header ${name} "";\n`,
      replace: "",
    })),
    {
      name: "X-Forwarded-For of a client passes a web host",
      file: "app-proxy.conf",
      find: "proxy_set_header X-Forwarded-For $remote_addr;\n",
      replace: "",
    },
    {
      name: "X-Forwarded-Proto of a client passes a web host",
      file: "app-proxy.conf",
      find: "proxy_set_header X-Forwarded-Proto $forwarded_proto;\n",
      replace: "",
    },
    {
      name: "X-Request-ID of a client passes a web host",
      file: "app-proxy.conf",
      find: "proxy_set_header X-Request-ID $shared_request_id;\n",
      replace: "",
    },
    {
      name: "X-Request-Start of a client passes a web host",
      file: "app-proxy.conf",
      find: "proxy_set_header X-Request-Start $request_start;\n",
      replace: "",
    },
    {
      name: "Upgrade to h2c passes a web host",
      file: "files/common/etc/portico/nginx/upgrade.conf",
      find: '    default "";\n    "websocket" "websocket";',
      replace: '    default $http_upgrade;\n    "websocket" "websocket";',
    },
    {
      name: "everybody is trusted about the client",
      file: "common/etc/portico/nginx/trust.conf",
      find: "geo $realip_remote_addr $from_balancer {\n    default 0;",
      replace: "geo $realip_remote_addr $from_balancer {\n    default 1;",
    },
    {
      name: "anybody may request the health of a host",
      file: "request.conf",
      find: "geo $may_check_health {\n    default 0;",
      replace: "geo $may_check_health {\n    default 1;",
    },
    {
      name: "a web host answers to unknown names",
      file: "sites/web.conf",
      find: "    # Close without a word.\n    location / {\n        return 444;",
      replace: "    # Close without a word.\n    location / {\n        return 200;",
    },
    {
      name: "what the application uses is shown",
      file: "app-proxy.conf",
      find: "proxy_hide_header X-Powered-By;\n",
      replace: "",
    },
    { name: "the version of Nginx is shown", file: "nginx.conf", find: "    server_tokens off;\n", replace: "" },
    {
      name: "Forwarded passes the balancer",
      file: "host-proxy.conf",
      find: 'proxy_set_header Forwarded "";\n',
      replace: "",
    },
    {
      name: "X-Real-IP passes the balancer",
      file: "host-proxy.conf",
      find: 'proxy_set_header X-Real-IP "";\n',
      replace: "",
    },
    { name: "Proxy passes the balancer", file: "host-proxy.conf", find: 'proxy_set_header Proxy "";\n', replace: "" },
    {
      name: "X-Forwarded-For of a client passes the balancer",
      file: "host-proxy.conf",
      find: "proxy_set_header X-Forwarded-For $remote_addr;\n",
      replace: "",
    },
    {
      name: "an application host is not verified",
      file: "host-proxy.conf",
      find: "proxy_ssl_verify on;\n",
      replace: "",
    },
  ]),
  ...group({ jest: ["rendered/hostClosing.test.ts"] }, [
    {
      name: "a host behind the balancer of a cloud keeps connections before a reload",
      file: "hostFiles/webHost.ts",
      find: "cloudBalancer !== undefined && nginxDialect(platform).closesBeforeReload",
      replace: "cloudBalancer === undefined && nginxDialect(platform).closesBeforeReload",
    },
    {
      name: "a static file keeps its connection before a reload",
      file: "web/locations/closing.conf",
      find: "location @closing-static {\n    keepalive_timeout 0;\n",
      replace: "location @closing-static {\n",
    },
  ]),
  ...group({ jest: ["rendered/headTimes.test.ts"] }, [
    {
      name: "header time limit of a web host",
      file: "web/server.conf",
      find: "client_header_timeout @clientHeaderSeconds@s;\n",
      replace: "",
    },
    {
      name: "header time limit of a balancer",
      file: "nginx.conf",
      find: "    client_header_timeout 10s;\n",
      replace: "",
    },
    {
      name: "header time limit of a balancer in minutes",
      file: "nginx.conf",
      find: "client_header_timeout 10s;",
      replace: "client_header_timeout 10m;",
    },
  ]),
  ...group({ jest: ["rendered/siteHeaders.test.ts"] }, [
    {
      name: "HSTS over plain HTTP",
      file: "security-headers.conf",
      find: '    "on:" "@strictTransportSecurity@";',
      replace: '    "~:$" "@strictTransportSecurity@";',
    },
    {
      name: "the policy of the application doubles",
      file: "security-headers.conf",
      find: 'map "$headers_sent$sent_http_content_security_policy" $add',
      replace: 'map "$headers_sent" $add',
    },
    {
      name: "an error page has no header",
      file: "security-headers.conf",
      find: "add_header X-Content-Type-Options $add_x_content_type_options always;",
      replace: "add_header X-Content-Type-Options $add_x_content_type_options;",
    },
    {
      name: "a host behind a balancer adds the security headers too",
      file: "hostFiles/webHost.ts",
      find: "return balancerAddresses.length > 0 && cloudBalancer === undefined;",
      replace: "return false;",
    },
    {
      name: "a host behind the balancer of a cloud adds none",
      file: "hostFiles/webHost.ts",
      find: "return balancerAddresses.length > 0 && cloudBalancer === undefined;",
      replace: "return balancerAddresses.length > 0;",
    },
    { name: "a date in a name counts as a hash", file: "assets.conf", find: "(?=[0-9a-f]*[a-f])", replace: "" },
    {
      name: "a missing file is remembered",
      file: "assets.conf",
      find: '"~^\\|(range )?(200|206|304):@staticUrlPattern@" "no-cache";',
      replace: '"~^\\|(range )?[0-9]+:@staticUrlPattern@" "no-cache";',
    },
    {
      name: "a cache keeps the answer to a range",
      file: "assets.conf",
      find: 'default "range ";',
      replace: 'default "";',
    },
    {
      name: "a redirect makes a POST a GET",
      file: "sites/edge.conf",
      find: "return 308 https://$host$request_uri;",
      replace: "return 301 https://$host$request_uri;",
    },
    {
      name: "caches get no Vary for compression",
      file: "web/locations/static.conf",
      find: "    gzip_vary on;\n",
      replace: "",
    },
  ]),
  ...group({ jest: ["unit/webFiles.test.ts"] }, [
    {
      name: "every name of the site serves it",
      file: "lib/hostFiles/webHost.ts",
      find: "siteNames.filter((name) => !elsewhere.includes(name))",
      replace: "siteNames",
    },
  ]),
  ...group({ jest: ["rendered/siteRedirects.test.ts"] }, [
    {
      name: "hidden files are shown",
      file: "web/locations/static.conf",
      find: "/\\.(?!well-known/)|",
      replace: "",
    },
    {
      name: "what security.txt lies in is hidden",
      file: "web/locations/static.conf",
      find: "(?!well-known/)",
      replace: "",
    },
    {
      name: "a redirect forgets the query",
      file: "nginx/webLocations.ts",
      find: '"$is_args$args"',
      replace: '""',
    },
    {
      name: "caches keep a file of the root for as long as they like",
      file: "hostFiles/nginx/rootFiles.ts",
      find: '"no-cache";',
      replace: '"";',
    },
  ]),
  ...group({ jest: ["rendered/siteRequests.test.ts"] }, [
    {
      name: "a client has as many requests of a connection as the balancer",
      file: "edge/server.conf",
      find: "keepalive_requests 1000;\n",
      replace: "",
    },
    {
      name: "query strings reach the journal",
      file: "nginx/nginx.conf",
      find: "    error_log stderr @requestErrorLevel@;\n",
      replace: "",
    },
    {
      name: "lines about requests that are critical hold tokens",
      file: "nginx/files.ts",
      find: '"emerg"',
      replace: '"crit"',
    },
  ]),
  ...group({ jest: ["rendered/sshAudit.test.ts"] }, [
    ...["ecdh-sha2-*,", ",diffie-hellman-*", "hmac-sha1*,", ",umac-64*"].map((name) => ({
      name: `sshd offers ${name.replaceAll(",", "")}`,
      file: "10-portico-algorithms.conf",
      find: name,
      replace: "",
    })),
    {
      name: "sshd takes a curve of NIST from a host that is pinned by it",
      file: "hostFiles/system.ts",
      find: "...(pinned ? [] : [",
      replace: "...([",
    },
  ]),
  ...group({ jest: ["rendered/system.test.ts"] }, [
    ...[
      "LoginGraceTime 30",
      "LogLevel VERBOSE",
      "TCPKeepAlive no",
      "MaxSessions 20",
      "ClientAliveInterval 60",
      "ClientAliveCountMax 2",
      "AllowAgentForwarding no",
      "AllowTcpForwarding no",
      "AllowStreamLocalForwarding no",
      "PermitTunnel no",
      "X11Forwarding no",
      "PermitRootLogin no",
    ].map((line) => ({ name: `sshd without ${line}`, file: "10-portico.conf", find: `${line}\n`, replace: "" })),
    { name: "logrotate without su", file: "logrotate.d/portico", find: "    su www-data adm\n", replace: "" },
    {
      name: "logrotate makes a log that all read",
      file: "logrotate.d/portico",
      find: "create 0640 www-data adm",
      replace: "create 0644 www-data adm",
    },
    {
      name: "logrotate tells an old Nginx alone, while that is the main process",
      file: "logrotate.d/portico",
      find: "--kill-who=all",
      replace: "--kill-who=main",
    },
    {
      name: "a short queue of new connections",
      file: "60-portico.conf",
      find: "net.core.somaxconn = 4096",
      replace: "net.core.somaxconn = 512",
    },
    {
      name: "interfaces that are there take redirects",
      file: "60-portico.conf",
      find: "net.ipv6.conf.*.accept_redirects",
      replace: "net.ipv6.conf.all.accept_redirects",
    },
  ]),
];
