import { rangeFault } from "../../base/addresses";
import { awsFaults } from "./aws";
import { certificateFaults } from "./certificate";
import { credentialNames } from "../credentials";
import { dataFaults } from "./data";
import { databaseFaults } from "./database";
import { Fault } from "../faults";
import { systemMegabytes, webMegabytes } from "./hostMemory";
import { hostsFaults } from "./hosts";
import { processMegabytes } from "../../hosts/processes";
import { settingsSchema, type Settings } from "../schema";
import { siteFaults } from "./site";
import { processFaults } from "./processes";
import { clientLimitFaults, streamFaults } from "./limits";

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
  return [
    ...timeoutFaults(settings),
    ...gunicornFaults(settings),
    ...headerFaults(settings),
    ...clientLimitFaults(settings),
    ...streamFaults(settings),
    ...secretFaults(settings),
    ...appFaults(settings),
    ...siteFaults(settings),
    ...temporaryFaults(settings),
    ...dataFaults(settings),
    ...processFaults(settings),
    ...authorityFaults(settings),
    ...certificateFaults(settings),
    ...localFaults(settings),
    ...databaseFaults(settings),
    ...awsFaults(settings),
    ...hostsFaults(settings),
  ];
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

/** Nginx keeps lines and fields in buffers of the size of the longest one, and needs one for the line alone. */
function headerFaults({ nginx: { requestFieldKilobytes, requestHeaderKilobytes } }: Settings): Fault[] {
  if (requestHeaderKilobytes >= 2 * requestFieldKilobytes) return [];
  return [
    {
      key: "nginx.requestHeaderKilobytes",
      value: requestHeaderKilobytes,
      allowed: `at least twice nginx.requestFieldKilobytes (${requestFieldKilobytes})`,
      remedy: "raise it, or lower nginx.requestFieldKilobytes",
    },
  ];
}

function secretFaults({ app }: Settings): Fault[] {
  const names = [...app.secrets, ...app.generatedSecrets];
  const listOf = (name: string) => (app.generatedSecrets.includes(name) ? "app.generatedSecrets" : "app.secrets");
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const taken = app.secrets.filter(
    (name) => name in settingsSchema.shape || credentialNames.some((credential) => credential === name),
  );
  return [
    ...[...twice].map((name) => ({
      key: listOf(name),
      value: name,
      allowed: "each secret once, in one of the two lists",
      remedy: "remove one of the two",
    })),
    ...taken.map((name) => ({
      key: "app.secrets",
      value: name,
      allowed: "names that are no settings or credentials of the deployment",
      remedy: "rename the secret",
    })),
  ];
}

function appFaults({ app, nginx }: Settings): Fault[] {
  const faults: Fault[] = [];
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
  if (app.sourceFolder !== null && "PYTHONPATH" in app.environment) {
    faults.push({
      key: "app.environment",
      value: "PYTHONPATH",
      allowed: "other variables, as app.sourceFolder sets this one",
      remedy: "take it out, or set app.sourceFolder: null",
    });
  }
  return faults;
}

function temporaryFaults({ app: { temporaryMegabytes, memoryMegabytes } }: Settings): Fault[] {
  if (temporaryMegabytes === null || temporaryMegabytes < memoryMegabytes) return [];
  return [
    {
      key: "app.temporaryMegabytes",
      value: temporaryMegabytes,
      allowed: `less than app.memoryMegabytes (${memoryMegabytes}), which they are part of`,
      remedy: "lower it, or raise app.memoryMegabytes",
    },
  ];
}

function authorityFaults({ authority: { leafDays, renewDays } }: Settings): Fault[] {
  if (renewDays < leafDays) return [];
  return [
    {
      key: "authority.renewDays",
      value: renewDays,
      allowed: `less than authority.leafDays (${leafDays}), or every update makes new certificates`,
      remedy: "lower authority.renewDays",
    },
  ];
}

function localFaults(settings: Settings): Fault[] {
  const { target, local, app, updates } = settings;
  if (target !== "local") return [];
  const problem = rangeFault(local.addressRange, local.webMachines);
  const [needed, processes] = [webMegabytes(settings), processMegabytes(app)];
  return [
    ...(updates.automatic === "security"
      ? [
          {
            key: "updates.automatic",
            value: updates.automatic,
            allowed: "auto or none on target local, whose machines reach no package source",
            remedy: "set one of these",
          },
        ]
      : []),
    ...(problem === undefined
      ? []
      : [{ key: "local.addressRange", value: local.addressRange, allowed: problem, remedy: "set another range" }]),
    ...(local.web.memoryMegabytes >= needed
      ? []
      : [
          {
            key: "local.web.memoryMegabytes",
            value: local.web.memoryMegabytes,
            allowed: `at least ${needed}: ${systemMegabytes} for the system and twice app.memoryMegabytes (${app.memoryMegabytes})${processes === 0 ? "" : `, and ${processes} for app.processes and app.schedules`}, since two slots run during a release`,
            remedy: "raise it, or lower app.memoryMegabytes",
          },
        ]),
  ];
}
