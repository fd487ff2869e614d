import { group, type Probe } from "../probe";

/** Units of systemd, and the files of the two roles. */
export const hostUnits: readonly Probe[] = [
  ...group({ jest: ["unit/unitRules.test.ts"] }, [
    { name: "KillMode of the application", file: "portico-app@.service", find: "KillMode=mixed\n", replace: "" },
    { name: "KillMode of Nginx", file: "portico-nginx.service", find: "KillMode=mixed\n", replace: "" },
    { name: "KillMode of a way back", file: "portico-lease.service", find: "KillMode=mixed\n", replace: "" },
    { name: "KillSignal of Nginx", file: "portico-nginx.service", find: "KillSignal=SIGQUIT\n", replace: "" },
    {
      name: "StartLimit of the application",
      file: "portico-app@.service",
      find: "StartLimitIntervalSec=0\n",
      replace: "",
    },
    { name: "StartLimit of Nginx", file: "portico-nginx.service", find: "StartLimitIntervalSec=0\n", replace: "" },
    { name: "StartLimit of a way back", file: "portico-lease.service", find: "StartLimitIntervalSec=0\n", replace: "" },
    {
      name: "StartLimit stands where systemd does not look",
      file: "portico-nginx.service",
      find: "StartLimitIntervalSec=0\n\n[Service]\n",
      replace: "\n[Service]\nStartLimitIntervalSec=0\n",
    },
    {
      name: "TriggerLimit of the shared socket",
      file: "portico-app.socket",
      find: "TriggerLimitIntervalSec=0\n",
      replace: "",
    },
    {
      name: "TriggerLimit of a probe socket",
      file: "portico-probe@.socket",
      find: "TriggerLimitIntervalSec=0\n",
      replace: "",
    },
    { name: "mode of the shared socket", file: "portico-app.socket", find: "SocketMode=0660\n", replace: "" },
    { name: "mode of a probe socket", file: "portico-probe@.socket", find: "SocketMode=0600\n", replace: "" },
    {
      name: "the application does not come back",
      file: "portico-app@.service",
      find: "Restart=always\n",
      replace: "Restart=on-failure\n",
    },
    {
      name: "one worker that dies stops the slot",
      file: "portico-app@.service",
      find: "OOMPolicy=continue\n",
      replace: "",
    },
    { name: "a way back may take for ever", file: "portico-lease.service", find: "TimeoutStartSec=900\n", replace: "" },
    { name: "a migration that failed runs again", file: "50-migration.conf", find: "Restart=no\n", replace: "" },
    {
      name: "the application may write to its folders",
      file: "portico-app@.service",
      find: "ProtectSystem=strict\n",
      replace: "ProtectSystem=full\n",
    },
    {
      name: "the application reaches the metadata service",
      file: "50-network-outbound.conf",
      find: "IPAddressDeny=169.254.169.254/32 fd00:ec2::254/128\n",
      replace: "",
    },
    {
      name: "Nginx reloads files that it did not judge",
      file: "portico-nginx.service",
      find: "ExecReload=/usr/sbin/nginx -t -q@earlyErrorLog@ -p /var/ -c /etc/portico/nginx/nginx.conf -g 'pid /run/portico-nginx/nginx.pid;'\n",
      replace: "",
    },
    {
      name: "the timer of leases misses a boot",
      file: "portico-lease.timer",
      find: "OnCalendar=*:*:0/10",
      replace: "OnActiveSec=10",
    },
    {
      name: "the rehearsal outlives what serves",
      file: "50-rehearsal.conf",
      find: "OOMScoreAdjust=1000",
      replace: "OOMScoreAdjust=-1000",
    },
    {
      name: "Nginx has fewer descriptors than connections",
      file: "nginx/files.ts",
      find: "const descriptorsOfConnection = 4;",
      replace: "const descriptorsOfConnection = 1;",
    },
    {
      name: "systemd kills Nginx before its time",
      file: "nginx/files.ts",
      find: "const stopMarginSeconds = 5;",
      replace: "const stopMarginSeconds = 0;",
    },
    {
      name: "systemd kills the application before its time",
      file: "app/files.ts",
      find: "gunicorn.gracefulTimeoutSeconds + stopMarginSeconds",
      replace: "gunicorn.gracefulTimeoutSeconds",
    },
  ]),
  ...group({ jest: ["unit/edgeFiles.test.ts", "unit/webFiles.test.ts", "unit/webLimits.test.ts"] }, [
    {
      name: "old workers of a balancer cut streams",
      file: "hostFiles/balancer.ts",
      find: "Math.max(workerShutdownTimeoutSeconds, longest)",
      replace: "workerShutdownTimeoutSeconds",
    },
    {
      name: "a late answer is retried",
      file: "hostFiles/balancer.ts",
      find: "Math.min(9, idleTimeoutSeconds - 1)",
      replace: "Math.min(9, idleTimeoutSeconds + 1)",
    },
    {
      name: "proxies before a cloud's balancer are not seen",
      file: "hostFiles/webHost.ts",
      find: 'recursive: trustedProxies.length > 0 ? "on" : "off"',
      replace: 'recursive: "off"',
    },
    {
      name: "a host counts whom its balancer counted",
      file: "nginx/files.ts",
      find: 'const ofOwnBalancer = cloudBalancer === undefined ? "$from_balancer" : "0";',
      replace: 'const ofOwnBalancer = "0";',
    },
  ]),
];
