import { group, type Probe } from "../probe";

/** Settings and what holds between them. */
export const settings: readonly Probe[] = [
  {
    name: "a host key of RSA is taken",
    file: "groups/fields.ts",
    find: "nistp(256|384|521)) ",
    replace: "nistp(256|384|521)|ssh-rsa) ",
    jest: ["unit/hostsSettings.test.ts"],
  },
  ...group({ jest: ["unit/settings.test.ts", "hostsSettings.test.ts"] }, [
    {
      name: "equal time limits are allowed",
      file: "relations/index.ts",
      find: "if (value(settings) <= lowerValue(settings)) {",
      replace: "if (value(settings) < lowerValue(settings)) {",
    },
    {
      name: "the order of time limits has a gap",
      file: "relations/index.ts",
      find: '  ["nginx.proxyReadTimeoutSeconds", (s) => s.nginx.proxyReadTimeoutSeconds],\n',
      replace: "",
    },
    {
      name: "a drain may be as short as the grace",
      file: "relations/index.ts",
      find: "settings.balancer.drainSeconds <= settings.gunicorn.gracefulTimeoutSeconds",
      replace: "settings.balancer.drainSeconds < settings.gunicorn.gracefulTimeoutSeconds",
    },
    {
      name: "a release may cut what the application promises",
      file: "relations/index.ts",
      find: "if (app.deadlineSeconds <= gunicorn.gracefulTimeoutSeconds) return [];",
      replace: "if (app.deadlineSeconds <= 2 * gunicorn.gracefulTimeoutSeconds) return [];",
    },
    {
      name: "a header of one field is allowed",
      file: "relations/index.ts",
      find: "requestHeaderKilobytes >= 2 * requestFieldKilobytes",
      replace: "requestHeaderKilobytes >= requestFieldKilobytes",
    },
    {
      name: "a secret may stand in both lists",
      file: "relations/index.ts",
      find: "const names = [...app.secrets, ...app.generatedSecrets];",
      replace: "const names = [...app.secrets];",
    },
    {
      name: "a secret may be called like a setting",
      file: "relations/index.ts",
      find: "name in settingsSchema.shape || ",
      replace: "",
    },
    {
      name: "temporary files may take all memory",
      file: "relations/index.ts",
      find: "temporaryMegabytes < memoryMegabytes) return [];",
      replace: "temporaryMegabytes <= memoryMegabytes) return [];",
    },
    {
      name: "every update may make new certificates",
      file: "relations/index.ts",
      find: "if (renewDays < leafDays) return [];",
      replace: "if (renewDays <= leafDays) return [];",
    },
    {
      name: "machines without memory for two slots",
      file: "hostMemory.ts",
      find: "const slots = 2;",
      replace: "const slots = 1;",
    },
    {
      name: "a client may have more requests than connections",
      file: "relations/limits.ts",
      find: "rateLimits[key] > connectionsPerClient",
      replace: "rateLimits[key] > 2 * connectionsPerClient",
    },
    {
      name: "streams may take every thread",
      file: "relations/limits.ts",
      find: "streamsPerHost < threads\n",
      replace: "streamsPerHost <= threads\n",
    },
    {
      name: "two balancers are allowed",
      file: "relations/hosts.ts",
      find: "balancers.length !== 1",
      replace: "balancers.length < 1",
    },
    {
      name: "two hosts may have one address",
      file: "relations/hosts.ts",
      find: '    ...repeated(machines, ({ address }) => address, "address"),\n',
      replace: "",
    },
    {
      name: "root may log in to given hosts",
      file: "relations/hosts.ts",
      find: 'if (user === "root")',
      replace: 'if (user === "toor")',
    },
    {
      name: "the whole internet is a network",
      file: "fields.ts",
      find: "/^[1-9]\\d{0,2}$/.test(length)",
      replace: "/^\\d{1,3}$/.test(length)",
    },
  ]),
];
