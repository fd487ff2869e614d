import { group, type Probe } from "../probe";

/** Text of Nginx, limits of clients and of header fields, environment files, words of units. */
export const rendering: readonly Probe[] = [
  ...group({ jest: ["clientLimits.test.ts", "unit/webFiles.test.ts", "unit/webLimits.test.ts"] }, [
    {
      name: "rounding of Retry-After",
      file: "clientLimits.ts",
      find: "Math.ceil(60 / login.requestsPerMinute)",
      replace: "Math.floor(60 / login.requestsPerMinute)",
    },
    {
      name: "rounding of Retry-After to the nearest",
      file: "clientLimits.ts",
      find: "Math.ceil(60 / login.requestsPerMinute)",
      replace: "Math.round(60 / login.requestsPerMinute)",
    },
    {
      name: "Retry-After of nothing",
      file: "clientLimits.ts",
      find: "Math.max(1, Math.ceil(60 / login.requestsPerMinute))",
      replace: "Math.ceil(60 / login.requestsPerMinute) - 1",
    },
    {
      name: "rounding of a host's share",
      file: "clientLimits.ts",
      find: "Math.ceil(whole / hosts)",
      replace: "Math.floor(whole / hosts)",
    },
    {
      name: "rounding of a host's rate",
      file: "clientLimits.ts",
      find: "Math.ceil((requestsPerSecond * 60) / hosts)",
      replace: "Math.floor((requestsPerSecond * 60) / hosts)",
    },
    {
      name: "rounding of a host's logins",
      file: "clientLimits.ts",
      find: "Math.ceil(login.requestsPerMinute / hosts)",
      replace: "Math.floor(login.requestsPerMinute / hosts)",
    },
    {
      name: "a login with a slash at its end has no limit",
      file: "clientLimits.ts",
      find: "flatMap((path) => [path, `${path}/`])",
      replace: "flatMap((path) => [path])",
    },
    {
      name: "a burst of none is none of Nginx's",
      file: "clientLimits.ts",
      find: 'return requests === 0 ? "" : ` burst=${requests}`;',
      replace: "return ` burst=${requests}`;",
    },
  ]),
  ...group({ jest: ["unit/nginxText.test.ts", "unit/environmentFile.test.ts", "unit/unitWords.test.ts"] }, [
    {
      name: "a setting becomes a directive",
      file: "nginx/text.ts",
      find: 'if (/["\\\\$\\x00-\\x1f\\x7f]/.test(text))',
      replace: 'if (/["\\\\\\x00-\\x1f\\x7f]/.test(text))',
    },
    {
      name: "a dot in a path is any sign",
      file: "nginx/text.ts",
      find: 'withoutSlashAtEnd(checkedPath(path)).replaceAll(".", "\\\\.")',
      replace: "withoutSlashAtEnd(checkedPath(path))",
    },
    {
      name: "a network longer than an address",
      file: "nginx/text.ts",
      find: "Number(length) <= bits",
      replace: "Number(length) <= 128",
    },
    {
      name: "a dollar of the environment is not protected",
      file: "environmentFile.ts",
      find: '/["\\\\$`]/g',
      replace: '/["\\\\`]/g',
    },
  ]),
  ...group({ jest: ["unit/headerLimits.test.ts"] }, [
    {
      name: "the balancer takes less than the hosts",
      file: "headerLimits.ts",
      find: "const balancerFactor = 2;",
      replace: "const balancerFactor = 1;",
    },
    {
      name: "Gunicorn takes less than Nginx",
      file: "headerLimits.ts",
      find: "const gunicornMarginKilobytes = 1;",
      replace: "const gunicornMarginKilobytes = 0;",
    },
    {
      name: "no buffer for what comes along",
      file: "headerLimits.ts",
      find: "const addedBuffers = 1;",
      replace: "const addedBuffers = 0;",
    },
  ]),
  ...group({ jest: ["rendered/gunicornWorkers.test.ts"] }, [
    {
      name: "early hints of WSGI",
      file: "files/web/opt/portico/revision/python/portico_wsgi.py",
      find: 'environ.pop("wsgi.early_hints", None)',
      replace: 'environ.get("wsgi.early_hints")',
    },
    {
      name: "early hints of ASGI",
      file: "files/web/opt/portico/revision/python/portico_streams.py",
      find: 'if message["type"] == "http.response.informational":',
      replace: 'if message["type"] == "http.response.informed":',
    },
  ]),
  ...group({ jest: ["rendered/gunicornExit.test.ts"] }, [
    {
      name: "a worker takes the interpreter apart at its end",
      file: "portico_exit.py",
      find: "atexit.register(_leave)",
      replace: "",
    },
    {
      name: "a worker ends before its logs are written",
      file: "portico_exit.py",
      find: "    logging.shutdown()\n",
      replace: "",
    },
    {
      name: "a worker ends before its prints are written",
      file: "portico_exit.py",
      find: "            stream.flush()",
      replace: "            pass",
    },
  ]),
  ...group({ jest: ["rendered/gunicornPlaces.test.ts"] }, [
    {
      name: "a worker keeps connections while somebody waits for a place",
      file: "portico_places.py",
      find: "if not worker.alive or is_awaited(worker):",
      replace: "if not worker.alive:",
    },
    {
      name: "a thread worker keeps no connection",
      file: "portico_places.py",
      find: "worker.max_keepalived = worker.worker_connections - 1",
      replace: "worker.max_keepalived = 0",
    },
  ]),
  ...group({ jest: ["rendered/hostConnections.test.ts"] }, [
    {
      name: "a POST goes to the application by a kept connection",
      file: "web/upstream.conf",
      find: "    HEAD kept_app;\n",
      replace: "    HEAD kept_app;\n    POST kept_app;\n",
    },
    {
      name: "a GET with a body goes to the application by a kept connection",
      file: "web/upstream.conf",
      find: 'map "$request_method$content_length$http_transfer_encoding" $app_group',
      replace: "map $request_method $app_group",
    },
    {
      name: "what a kept connection lost stays lost",
      file: "web/unreached.conf",
      find: "if ($lost_on_kept_connection = 0) {",
      replace: "if ($lost_on_kept_connection ~ .) {",
    },
    {
      name: "what broke later is sent again",
      file: "web/upstream.conf",
      find: '"~^kept_app:0\\.\\d+$" 1;',
      replace: '"~^kept_app:" 1;',
    },
    {
      name: "a request that breaks its connection goes on through all kept ones",
      file: "app-proxy.conf",
      find: "proxy_next_upstream off;\n",
      replace: "proxy_next_upstream error;\n",
    },
  ]),
];
