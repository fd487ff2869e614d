import { rangeFault } from "../addresses";
import { Fault } from "./faults";
import type { Settings } from "./schema";

/** Numbers that belong together: each must stay below the next, or requests are cut or answered 502. */
const ascending: readonly [label: string, value: (settings: Settings) => number][] = [
  ["app.deadlineSeconds", (s) => s.app.deadlineSeconds],
  ["gunicorn.timeoutSeconds", (s) => s.gunicorn.timeoutSeconds],
  ["nginx.proxyReadTimeoutSeconds", (s) => s.nginx.proxyReadTimeoutSeconds],
  ["balancer.idleTimeoutSeconds", (s) => s.balancer.idleTimeoutSeconds],
  ["nginx.keepaliveTimeoutSeconds", (s) => s.nginx.keepaliveTimeoutSeconds],
];

/** Faults between settings that are each valid by themselves. */
export function relationFaults(settings: Settings): Fault[] {
  return [...timeoutFaults(settings), ...gunicornFaults(settings), ...appFaults(settings), ...localFaults(settings)];
}

function timeoutFaults(settings: Settings): Fault[] {
  const faults: Fault[] = [];
  ascending.slice(1).forEach(([key, value], index) => {
    const [lowerKey, lowerValue] = ascending[index]!;
    if (value(settings) <= lowerValue(settings)) {
      faults.push({
        key,
        value: value(settings),
        allowed: `more than ${lowerKey} (${lowerValue(settings)})`,
        remedy: `raise ${key} or lower ${lowerKey}`,
      });
    }
  });
  if (settings.balancer.drainSeconds <= settings.gunicorn.gracefulTimeoutSeconds) {
    faults.push({
      key: "balancer.drainSeconds",
      value: settings.balancer.drainSeconds,
      allowed: `more than gunicorn.gracefulTimeoutSeconds (${settings.gunicorn.gracefulTimeoutSeconds})`,
      remedy: "raise balancer.drainSeconds",
    });
  }
  return faults;
}

function gunicornFaults({ gunicorn, app }: Settings): Fault[] {
  if (app.deadlineSeconds <= gunicorn.gracefulTimeoutSeconds) return [];
  return [
    {
      key: "gunicorn.gracefulTimeoutSeconds",
      value: gunicorn.gracefulTimeoutSeconds,
      allowed: `at least app.deadlineSeconds (${app.deadlineSeconds}), or a release cuts requests that the application promises to finish`,
      remedy: "raise gunicorn.gracefulTimeoutSeconds",
    },
  ];
}

function appFaults({ app, nginx }: Settings): Fault[] {
  const faults: Fault[] = [];
  const twice = app.secrets.filter((name) => app.generatedSecrets.includes(name));
  for (const name of twice) {
    faults.push({
      key: "app.generatedSecrets",
      value: name,
      allowed: "names that app.secrets does not list",
      remedy: "name each secret in one of the two lists",
    });
  }
  for (const path of [...app.streamPaths, ...nginx.rateLimits.login.paths]) {
    if (path === "/" || path.startsWith(app.staticUrl)) {
      faults.push({
        key: app.streamPaths.includes(path) ? "app.streamPaths" : "nginx.rateLimits.login.paths",
        value: path,
        allowed: `a path other than / and outside ${app.staticUrl}`,
        remedy: "name the routes themselves",
      });
    }
  }
  return faults;
}

function localFaults({ target, local }: Settings): Fault[] {
  if (target !== "local") return [];
  const problem = rangeFault(local.addressRange, local.webMachines);
  if (problem === undefined) return [];
  return [{ key: "local.addressRange", value: local.addressRange, allowed: problem, remedy: "set another range" }];
}
